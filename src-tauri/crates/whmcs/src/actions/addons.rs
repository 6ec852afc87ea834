//! Addons of services.

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::action::actions;
use crate::actions::ServiceStatus;
use crate::lenient::record;

record! {
    /// The addon that was changed.
    AddonRef {
        id: Option<u64>,
    }
}

actions! {
    Addons;

    /// Changes an addon of a client's service. <https://developers.whmcs.com/api-reference/updateclientaddon/>
    UpdateClientAddon: Idempotent, Quick => AddonRef {
        needs {
            /// The client's addon, not the catalogue's.
            id: u64,
        }
        may {
            status: ServiceStatus,
            /// Addon of the catalogue.
            addonid: u64,
            name: String,
            setupfee: Decimal,
            recurring: Decimal,
            billingcycle: String,
            nextduedate: Date,
            terminationdate: Date,
            notes: String,
            /// Compute the recurring amount anew; the given one is ignored.
            autorecalc: bool,
        }
    }
}
