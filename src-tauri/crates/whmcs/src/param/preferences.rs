use super::Param;
use crate::form::Form;
use crate::given::{Given, Node, ParamError};

/// Which kinds of mail a client or contact gets. What is `None` stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct EmailPreferences {
    /// Account matters.
    pub general: Option<bool>,
    /// Services.
    pub product: Option<bool>,
    /// Domains.
    pub domain: Option<bool>,
    /// Invoices.
    pub invoice: Option<bool>,
    /// Tickets.
    pub support: Option<bool>,
    /// Affiliate programme.
    pub affiliate: Option<bool>,
}

impl EmailPreferences {
    fn by_name(&mut self) -> [(&'static str, &mut Option<bool>); 6] {
        [
            ("general", &mut self.general),
            ("product", &mut self.product),
            ("domain", &mut self.domain),
            ("invoice", &mut self.invoice),
            ("support", &mut self.support),
            ("affiliate", &mut self.affiliate),
        ]
    }
}

impl Param for EmailPreferences {
    const KIND: &'static str = "bool";
    const NAMES: &'static [&'static str] = &[
        "email_preferences[general]",
        "email_preferences[product]",
        "email_preferences[domain]",
        "email_preferences[invoice]",
        "email_preferences[support]",
        "email_preferences[affiliate]",
    ];

    fn put(&self, name: &str, form: &mut Form) {
        let mut own = *self;
        for (kind, wanted) in own.by_name() {
            if let Some(wanted) = wanted {
                wanted.put(&format!("{name}[{kind}]"), form);
            }
        }
    }

    fn take(node: Node) -> Result<Self, &'static str> {
        let expected = "general, product, domain, invoice, support or affiliate in brackets";
        let mut preferences = Self::default();
        for (kind, wanted) in node.entries() {
            let mut slots = preferences.by_name();
            let slot = slots.iter_mut().find(|(name, _)| *name == kind).ok_or(expected)?;
            *slot.1 = Some(bool::take(wanted)?);
        }
        Ok(preferences)
    }

    fn find(name: &str, given: &mut Given) -> Result<Option<Self>, ParamError> {
        let Some(node) = given.remove(name) else { return Ok(None) };
        Self::take(node).map(Some).map_err(|expected| ParamError::Misfit { name: name.to_owned(), expected })
    }
}
