//! The walk through all actions, made by the typed client.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{
    office::Office,
    walk::{Walker, walk},
};

/// One call of the tour and its typed answer.
pub struct Step {
    pub action: String,
    pub params: Vec<(String, String)>,
    pub answer: Value,
}

/// A walk through all actions.
pub struct Tour {
    pub office: Office,
    pub steps: Vec<Step>,
    /// Actions that this installation does not have.
    without: &'static [&'static str],
}

impl Tour {
    /// Walks to the end.
    pub async fn of(office: Office, without: &'static [&'static str]) -> Self {
        let mut tour = Self { office, steps: Vec::new(), without };
        walk(&mut tour).await;
        tour
    }

    /// Names of the actions that answered.
    pub fn actions(&self) -> BTreeSet<&str> {
        self.steps.iter().map(|step| step.action.as_str()).collect()
    }
}

impl Walker for Tour {
    async fn call(&mut self, action: &str, params: &[(&str, &str)]) -> Value {
        if self.lacks(action) {
            return Value::Null;
        }
        let answer = self.office.call(action, params).await;
        let answer = answer.unwrap_or_else(|error| panic!("{action} {params:?}: {error:?}"));
        let params = params.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        self.steps.push(Step { action: action.to_owned(), params, answer: answer.clone() });
        answer
    }

    fn lacks(&self, action: &str) -> bool {
        self.without.contains(&action)
    }

    fn hides(&self) -> bool {
        true
    }

    fn clients(&self) -> u32 {
        8
    }
}
