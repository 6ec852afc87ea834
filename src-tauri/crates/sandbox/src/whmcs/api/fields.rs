//! Custom field values, as calls send them.

use crate::whmcs::php::serialized::Php;

/// Takes over the values of the fields a record has; fields it does not have are ignored, as the real thing does.
pub(super) fn set(values: &mut [(u64, String)], sent: Option<&Php>) {
    let Some(sent) = sent else { return };
    for (id, value) in values {
        if let Some(new) = sent.get(&id.to_string()) {
            *value = new.text();
        }
    }
}
