//! Who may do what: owners everything, others what their roles grant, on the resources whose tags the roles name.

use std::collections::BTreeSet;

use super::State;

/// What a method does, in the words of roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Verb {
    Create,
    Read,
    Update,
    Delete,
}

impl Verb {
    /// `CREATE`, `READ`, …
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Create => "CREATE",
            Self::Read => "READ",
            Self::Update => "UPDATE",
            Self::Delete => "DELETE",
        }
    }

    /// The four names.
    pub(super) const NAMES: &[&str] = &["CREATE", "READ", "UPDATE", "DELETE"];
}

/// Kinds of resources that tags can be assigned to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Tagged {
    Instance,
    Image,
    ObjectStorage,
}

impl Tagged {
    /// The name in paths.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Instance => "instance",
            Self::Image => "image",
            Self::ObjectStorage => "object-storage",
        }
    }

    /// Reads the name in paths.
    pub(super) fn parse(name: &str) -> Option<Self> {
        [Self::Instance, Self::Image, Self::ObjectStorage].into_iter().find(|kind| kind.name() == name)
    }
}

/// Which resources a permission reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Scope {
    /// All of them.
    All,
    /// Those that carry one of these tags.
    Tags(BTreeSet<i64>),
}

/// One line of a role.
#[derive(Debug, Clone)]
pub(super) struct Grant {
    pub(super) api: String,
    pub(super) verbs: Vec<String>,
    pub(super) scope: Scope,
}

/// The user behind a call, with everything the roles grant.
#[derive(Debug, Clone)]
pub(super) struct Principal {
    pub(super) user_id: String,
    /// First and last name, as audits show it.
    pub(super) name: String,
    /// Owner, or holder of a role with admin.
    unrestricted: bool,
    grants: Vec<Grant>,
}

impl Principal {
    /// The user with this id, when there is one and it is enabled.
    pub(super) fn of(state: &State, user_id: &str) -> Option<Self> {
        let user = state.users.get(user_id).filter(|user| user.enabled)?;
        let roles = || user.roles.iter().filter_map(|id| state.roles.get(id));
        Some(Self {
            user_id: user.id.clone(),
            name: format!("{} {}", user.first_name, user.last_name),
            unrestricted: user.owner || roles().any(|role| role.admin),
            grants: roles().flat_map(super::roles::Role::grants).collect(),
        })
    }

    fn granting(&self, api: &str, verb: Verb) -> impl Iterator<Item = &Grant> {
        self.grants.iter().filter(move |grant| grant.api == api && grant.verbs.iter().any(|name| name == verb.name()))
    }

    /// Whether the API may be called at all.
    pub(super) fn may(&self, api: &str, verb: Verb) -> bool {
        self.unrestricted || self.granting(api, verb).next().is_some()
    }

    /// Which resources the call may reach: the union of what the roles grant.
    pub(super) fn scope(&self, api: &str, verb: Verb) -> Scope {
        if self.unrestricted {
            return Scope::All;
        }
        let mut tags = BTreeSet::new();
        for grant in self.granting(api, verb) {
            match &grant.scope {
                Scope::All => return Scope::All,
                Scope::Tags(named) => tags.extend(named),
            }
        }
        Scope::Tags(tags)
    }
}
