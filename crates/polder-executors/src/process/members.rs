//! Finds the processes of an attempt, wherever they went.
//!
//! A process belongs to an attempt if it
//! * is its main process, or in the process group or session that the main process leads;
//! * descends from a process that does, as the table of processes stands now or stood at an earlier look;
//! * has the attempt's mark in its environment, which children inherit;
//! * lost its parent, and has the attempt's output pipes open or works within its folder;
//! * lost its parent, and was started when no other attempt ran that still does (see `children`). That finds what
//!   detached twice, with an emptied environment, to another folder, with its output closed. While other attempts run
//!   that it might be of as well, it is left alone; the last of them to end takes it along.
//!
//! What gets away: whatever another service starts on request (`at`, `systemd-run`, `docker`); and, without a trace as
//! above, what an agent that was killed has left, what runs below an agent that is itself the machine's or container's
//! init process (give the container one: `docker run --init`), and what joined the agent's own process group.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use polder_types::wire::AttemptKey;

use super::children::{Children, Usage};
use super::environment::MARKER;
use super::table::{self, ProcessId, Stat};

/// What an attempt's processes are known by.
#[derive(Debug, Clone)]
pub(crate) struct Members {
    /// The main process, if it got so far.
    main: Option<ProcessId>,
    /// Whether the main process is a child of this program that has not been waited for: until it is, its number
    /// cannot be given to another process or group.
    is_child: bool,
    marker: Vec<u8>,
    folder: PathBuf,
    pipes: Vec<PathBuf>,
    /// Every process that was ever found.
    seen: HashSet<ProcessId>,
    /// What those used that had lost their parent and have been waited for.
    pub(crate) usage: Usage,
}

impl Members {
    /// Those of an attempt that runs, whose main process is a child of this program.
    pub(crate) fn of_running(
        key: &AttemptKey,
        folder: PathBuf,
        main: ProcessId,
        pipes: Vec<PathBuf>,
    ) -> Self {
        Self { is_child: true, pipes, ..Self::of_lost(key, folder, Some(main)) }
    }

    /// Those of an attempt that an earlier life of this program started.
    pub(crate) fn of_lost(key: &AttemptKey, folder: PathBuf, main: Option<ProcessId>) -> Self {
        let marker = format!("{MARKER}={key}").into_bytes();
        let seen = main.into_iter().collect();
        Self { main, is_child: false, marker, folder, pipes: Vec::new(), seen, usage: Usage::default() }
    }

    /// Whether anything is left once the main process is dead; reads no more of the table than it must. If not, the
    /// attempt withdraws.
    pub(crate) fn left_any(&mut self) -> bool {
        let mut children = Children::lock();
        let Some(strangers) = children.strangers() else {
            drop(children);
            return !self.find().is_empty();
        };
        let left = self.is_any_member(&children, strangers);
        if let Some(main) = self.main.filter(|_| !left) {
            children.withdraw(main.pid);
        }
        left
    }

    fn is_any_member(&mut self, children: &Children, strangers: Vec<u32>) -> bool {
        let mut any = false;
        for stat in strangers.into_iter().filter_map(Stat::read) {
            if stat.zombie {
                self.bury(children, &stat);
            } else {
                any |= self.is_late_enough(&stat) && (self.is_member(&stat) || self.owns(children, &stat));
            }
        }
        any
    }

    /// The living processes of the attempt. Takes notice of the dead ones that became children of this program.
    pub(crate) fn find(&mut self) -> Vec<ProcessId> {
        let table = Stat::all();
        let mut members = self.direct(&table);
        with_descendants(&table, &mut members);
        self.seen.extend(members.iter().map(|pid| table[pid].id));
        let (mut living, children) = (Vec::new(), Children::lock());
        for stat in members.iter().map(|pid| &table[pid]) {
            if stat.zombie {
                self.bury(&children, stat);
            } else {
                living.push(stat.id);
            }
        }
        living
    }

    /// Those that are members by themselves.
    fn direct(&self, table: &HashMap<u32, Stat>) -> HashSet<u32> {
        let own = std::process::id();
        let candidates = || table.values().filter(|stat| stat.id.pid != own && self.is_late_enough(stat));
        // The table was read first: a main process that is in it has been registered by the time the lock is had.
        let children = Children::lock();
        let mut members: HashSet<u32> =
            candidates().filter(|stat| self.owns(&children, stat)).map(|stat| stat.id.pid).collect();
        drop(children);
        members.extend(candidates().filter(|stat| self.is_member(stat)).map(|stat| stat.id.pid));
        members
    }

    fn is_late_enough(&self, stat: &Stat) -> bool {
        self.main.is_none_or(|main| stat.id.started >= main.started)
    }

    /// Whether it is a process without a trace that can be of no other attempt.
    fn owns(&self, children: &Children, stat: &Stat) -> bool {
        self.main.is_some_and(|main| self.is_child && children.must_be_of(main, stat))
    }

    fn is_member(&self, stat: &Stat) -> bool {
        let pid = stat.id.pid;
        let is_led =
            self.is_child && self.main.is_some_and(|main| stat.group == main.pid || stat.session == main.pid);
        is_led
            || self.seen.contains(&stat.id)
            || table::has_variable(pid, &self.marker)
            || self.is_left_behind(stat)
    }

    fn is_left_behind(&self, stat: &Stat) -> bool {
        let orphan = stat.parent == 1 || stat.parent == std::process::id();
        orphan
            && table::runs_another_program(stat.id.pid)
            && (table::working_directory(stat.id.pid).is_some_and(|folder| folder.starts_with(&self.folder))
                || table::has_open(stat.id.pid, &self.pipes))
    }

    /// Takes notice of a dead child that lost its parent. It is known for one by its session or group, which the
    /// children that other parts of this program start share with it; or by having been found when it lived.
    fn bury(&mut self, children: &Children, stat: &Stat) {
        let main = self.main.map_or(0, |main| main.pid);
        let of_attempt = stat.group == main || self.seen.contains(&stat.id);
        let of_no_part = Stat::read(std::process::id()).is_some_and(|own| own.session != stat.session);
        if stat.id.pid != main && (of_attempt || of_no_part) {
            self.usage.add(children.wait_stray(stat).unwrap_or_default());
        }
    }
}

fn with_descendants(table: &HashMap<u32, Stat>, members: &mut HashSet<u32>) {
    let mut by_parent: HashMap<u32, Vec<u32>> = HashMap::new();
    for stat in table.values() {
        by_parent.entry(stat.parent).or_default().push(stat.id.pid);
    }
    let mut open: Vec<u32> = members.iter().copied().collect();
    while let Some(parent) = open.pop() {
        let children = by_parent.get(&parent).into_iter().flatten();
        open.extend(children.copied().filter(|child| members.insert(*child)));
    }
}
