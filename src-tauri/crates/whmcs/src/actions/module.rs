//! Modules: payment gateways, registrars, provisioning and the rest, and the queue of what they failed at.

use jiff::civil::DateTime;
use serde_json::Value;

use crate::action::actions;
use crate::actions::Done;
use crate::lenient::{Moment, open_enum, record};
use crate::php::PhpValue;

open_enum! {
    /// What a queued module action is about.
    QueuedKind { Domain = "domain", Service = "service", Addon = "addon" }
}

record! {
    /// A setting of a module.
    ModuleSetting {
        name: String,
        display_name as "displayName": String,
        /// `text`, `password`, `yesno`, `dropdown`, …
        field_type as "fieldType": String,
    }
}

record! {
    /// Settings of a module.
    ModuleSettings {
        parameters bare "parameter": Vec<ModuleSetting>,
    }
}

record! {
    /// A module action that failed.
    QueuedAction {
        id: Option<u64>,
        service_type as "serviceType": QueuedKind,
        service_id as "serviceId": Option<u64>,
        module_name as "moduleName": String,
        module_action as "moduleAction": String,
        last_attempt as "lastAttempt": Moment,
        /// The module's own words.
        last_attempt_error as "lastAttemptError": String,
        num_retries as "numRetries": Option<u64>,
        completed: Option<bool>,
        created_at as "createdAt": Moment,
        updated_at as "updatedAt": Moment,
        service: Value,
    }
}

record! {
    /// The module queue; this list has no pages.
    ModuleQueue {
        count: Option<u64>,
        queue bare "entry": Vec<QueuedAction>,
    }
}

actions! {
    Module;

    /// What a module can be told. <https://developers.whmcs.com/api-reference/getmoduleconfigurationparameters/>
    GetModuleConfigurationParameters: Read, Quick => ModuleSettings {
        needs {
            /// `gateway`, `registrar`, `addon`, `fraud` or `notification`.
            module_type as "moduleType": String,
            module_name as "moduleName": String,
        }
    }

    /// Switches a module on. <https://developers.whmcs.com/api-reference/activatemodule/>
    ActivateModule: Idempotent, Quick, secret SECRET_FIELDS_AND_PARAMETERS => Done {
        needs {
            module_type as "moduleType": String,
            module_name as "moduleName": String,
        }
        may {
            /// Values by setting.
            parameters: PhpValue,
        }
    }

    /// Changes the settings of a module. <https://developers.whmcs.com/api-reference/updatemoduleconfiguration/>
    UpdateModuleConfiguration: Idempotent, Quick, secret SECRET_FIELDS_AND_PARAMETERS => Done {
        needs {
            module_type as "moduleType": String,
            module_name as "moduleName": String,
        }
        may {
            /// Values by setting.
            parameters: PhpValue,
        }
    }

    /// Switches a module off. <https://developers.whmcs.com/api-reference/deactivatemodule/>
    DeactivateModule: Destructive, Quick => Done {
        needs {
            module_type as "moduleType": String,
            module_name as "moduleName": String,
        }
        may {
            /// Gateway that takes over.
            new_gateway as "newGateway": String,
        }
    }

    /// What modules failed at and will try again. <https://developers.whmcs.com/api-reference/getmodulequeue/>
    GetModuleQueue: Read, List => ModuleQueue {
        may {
            /// Together with `serviceType`.
            related_id as "relatedId": u64,
            service_type as "serviceType": QueuedKind,
            module_name as "moduleName": String,
            module_action as "moduleAction": String,
            since: DateTime,
        }
    }
}
