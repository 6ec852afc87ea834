//! Services and the modules behind them. A module action that succeeded does not prove that anything was provisioned:
//! read the service again (quirk 69). Its errors are the module's own words (quirk 19).

use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::action::actions;
use crate::actions::{Done, ServiceStatus};
use crate::lenient::{FormattedMoney, open_enum, record};
use crate::param::Serialized;
use crate::secret::Secret;

open_enum! {
    /// A switch that wants words.
    OnOff { On = "on", Off = "off" }
}

open_enum! {
    /// Fields of a service that can be emptied; sending an empty text may not do it (quirk 74).
    ServiceText {
        Domain = "domain",
        Username = "serviceusername",
        Password = "servicepassword",
        Subscription = "subscriptionid",
        Ns1 = "ns1",
        Ns2 = "ns2",
        DedicatedIp = "dedicatedip",
        AssignedIps = "assignedips",
        Notes = "notes",
        SuspendReason = "suspendreason",
    }
}

open_enum! {
    /// What is upgraded.
    UpgradeKind { Product = "product", Options = "configoptions" }
}

record! {
    /// The service that was changed.
    ServiceRef {
        serviceid: Option<u64>,
    }
}

record! {
    /// What an upgrade costs, and the order when it was placed.
    Upgrade {
        /// Another upgrade is not yet paid.
        upgradeinprogress: Option<bool>,
        oldproductid: Option<u64>,
        oldproductname: String,
        newproductid: Option<u64>,
        newproductname: String,
        daysuntilrenewal: Option<i64>,
        totaldays: Option<i64>,
        newproductbillingcycle: String,
        /// Written for people (quirk 28).
        price: FormattedMoney,
        id: Option<u64>,
        orderid: Option<u64>,
        order_number: String,
        invoiceid: Option<u64>,
    }
}

actions! {
    Service;

    /// Has the module create the service. <https://developers.whmcs.com/api-reference/modulecreate/>
    ModuleCreate: Billable, External => Done {
        needs {
            /// Named `accountid` before 7.7.
            serviceid: u64,
        }
    }

    /// Has the module suspend the service. <https://developers.whmcs.com/api-reference/modulesuspend/>
    ModuleSuspend: Idempotent, External => Done {
        needs { serviceid: u64, }
        may { suspendreason: String, }
    }

    /// Has the module take the suspension back. <https://developers.whmcs.com/api-reference/moduleunsuspend/>
    ModuleUnsuspend: Idempotent, External => Done {
        needs { serviceid: u64, }
    }

    /// Has the module terminate the service. <https://developers.whmcs.com/api-reference/moduleterminate/>
    ModuleTerminate: Destructive, External => Done {
        needs { serviceid: u64, }
    }

    /// Has the module apply the service's package. <https://developers.whmcs.com/api-reference/modulechangepackage/>
    ModuleChangePackage: Once, External => Done {
        needs { serviceid: u64, }
    }

    /// Has the module set a password. <https://developers.whmcs.com/api-reference/modulechangepw/>
    ModuleChangePw: Once, External => Done {
        needs { serviceid: u64, }
        may {
            /// The module keeps or makes one when not given.
            servicepassword: Secret,
        }
    }

    /// Runs a function of the module's own. <https://developers.whmcs.com/api-reference/modulecustom/>
    ModuleCustom: Once, External => Done {
        needs {
            serviceid: u64,
            func_name: String,
        }
    }

    /// Changes a service in WHMCS; the module is not called.
    /// <https://developers.whmcs.com/api-reference/updateclientproduct/>
    UpdateClientProduct: Idempotent, Quick => ServiceRef {
        needs { serviceid: u64, }
        may {
            /// Product.
            pid: u64,
            serverid: u64,
            regdate: Date,
            nextduedate: Date,
            terminationdate: Date,
            domain: String,
            firstpaymentamount: Decimal,
            recurringamount: Decimal,
            /// Gateway.
            paymentmethod: String,
            billingcycle: String,
            subscriptionid: String,
            status: ServiceStatus,
            notes: String,
            serviceusername: String,
            servicepassword: Secret,
            /// Spelt as WHMCS spells it.
            overideautosuspend: OnOff,
            /// Spelt as WHMCS spells it.
            overidesuspenduntil: Date,
            ns1: String,
            ns2: String,
            dedicatedip: String,
            assignedips: String,
            /// Megabytes.
            diskusage: u64,
            /// Megabytes.
            disklimit: u64,
            /// Megabytes.
            bwusage: u64,
            /// Megabytes.
            bwlimit: u64,
            suspendreason: String,
            /// Promotion.
            promoid: u64,
            /// Fields to empty.
            unset: Vec<ServiceText>,
            /// Compute the recurring amount anew; the given one is ignored.
            autorecalc: bool,
            /// Values by field id.
            customfields: Serialized,
            /// Choice by option id, or `optionid` and `qty` for quantities (quirk 54).
            configoptions: Serialized,
        }
    }

    /// Computes or orders an upgrade. <https://developers.whmcs.com/api-reference/upgradeproduct/>
    UpgradeProduct: Billable, External => Upgrade {
        needs {
            serviceid: u64,
            /// Gateway.
            paymentmethod: String,
            kind as "type": UpgradeKind,
        }
        may {
            /// Only compute; nothing is ordered.
            calconly: bool,
            newproductid: u64,
            newproductbillingcycle: String,
            promocode: String,
            /// Choice or quantity by option id; plain brackets here (quirk 54).
            configoptions: BTreeMap<u64, u64>,
        }
    }
}
