//! Which part of the database a view is of, as a condition of its queries.

use crate::run_views::RunScope;

/// One environment of a workspace, and there all teams or some.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sight {
    pub workspace: String,
    pub environment: String,
    /// `None`: all teams.
    pub teams: Option<Vec<String>>,
}

impl Sight {
    #[must_use]
    pub fn new(scope: RunScope, environment: &str) -> Self {
        Self { workspace: scope.workspace, environment: environment.to_owned(), teams: scope.teams }
    }

    /// What of it is of this team.
    #[must_use]
    pub fn of_team(mut self, team: Option<&str>) -> Self {
        if let Some(team) = team {
            let visible = self.shows(team);
            self.teams = Some(if visible { vec![team.to_owned()] } else { Vec::new() });
        }
        self
    }

    #[must_use]
    pub fn shows(&self, team: &str) -> bool {
        self.teams.as_ref().is_none_or(|teams| teams.iter().any(|visible| visible == team))
    }
}
