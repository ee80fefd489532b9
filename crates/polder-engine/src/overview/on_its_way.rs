//! Whether a pipeline is going to run for a day without anybody doing something.

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::NaiveDate;
use chrono_tz::Tz;
use polder_store::Tx;
use polder_store::overview::{self as stored, Failed, Standing};
use polder_store::runs::Logical;
use polder_store::sight::Sight;

use crate::Result;
use crate::start::day_of;

/// How far upstream is looked, and at how many pipelines.
const DEEPEST: usize = 10;
const MOST: usize = 2000;

type Name = (String, String);

/// How the pipelines stand that something waits for, and those upstream of them.
pub(super) struct Coming {
    standings: HashMap<Name, Standing>,
}

impl Coming {
    pub(super) async fn of(tx: &mut Tx, sight: &Sight, names: BTreeSet<Name>) -> Result<Self> {
        let mut standings: HashMap<Name, Standing> = HashMap::new();
        let mut seen: HashSet<Name> = HashSet::new();
        let mut next: Vec<Name> = names.into_iter().collect();
        for _ in 0..DEEPEST {
            next.retain(|name| seen.insert(name.clone()));
            if next.is_empty() || seen.len() > MOST {
                break;
            }
            let found = stored::standings(tx, &sight.workspace, &sight.environment, &next).await?;
            next = found.values().flat_map(|standing| standing.upstream.iter().cloned()).collect();
            standings.extend(found);
        }
        Ok(Self { standings })
    }

    /// An active run is; so is one that a schedule or something upstream will start, unless there was one already and it failed.
    pub(super) fn is_on_its_way(&self, name: &Name, day: Option<NaiveDate>, zone: Tz) -> bool {
        self.follow(name, day, zone, &mut HashSet::new())
    }

    fn follow<'s>(
        &'s self,
        name: &'s Name,
        day: Option<NaiveDate>,
        zone: Tz,
        seen: &mut HashSet<&'s Name>,
    ) -> bool {
        let Some(standing) = self.standings.get(name).filter(|standing| !standing.paused) else {
            return false;
        };
        let fits = |logical: &Logical| day.is_none_or(|day| day_of(*logical, zone) == day);
        if standing.active.iter().any(fits) {
            return true;
        }
        let has_failed = |failed: &Failed| if day.is_some() { fits(&failed.about) } else { failed.newest };
        if !seen.insert(name) || standing.failed.iter().any(has_failed) {
            return false;
        }
        let ticks = standing.next_at.is_some_and(|at| fits(&Logical { at, day: None }));
        ticks || standing.upstream.iter().any(|upstream| self.follow(upstream, day, zone, seen))
    }
}
