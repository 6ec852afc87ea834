//! Admins and their to-do entries.

use crate::action::actions;
use crate::actions::Done;
use crate::actions::system::Version;
use crate::lenient::{self, Day, Moment, open_enum, record};
use crate::paging::paged;

open_enum! {
    /// Status of a to-do entry. `Incomplete` only filters.
    ToDoStatus {
        Incomplete = "Incomplete",
        New = "New",
        Pending = "Pending",
        InProgress = "In Progress",
        Completed = "Completed",
    }
}

record! {
    /// The admin whose credential is used.
    AdminDetails {
        adminid: Option<u64>,
        name: String,
        notes: String,
        signature: String,
        allowedpermissions: lenient::Csv<String>,
        /// Departments; commas may stand at both ends (quirk 58).
        departments: lenient::Csv<u64>,
        requesttime: Moment,
        whmcs: Option<Version>,
    }
}

record! {
    /// An admin.
    AdminUser {
        id: Option<u64>,
        uuid: String,
        role_id as "roleId": Option<u64>,
        username: String,
        two_factor_auth_module as "twoFactorAuthModule": String,
        firstname: String,
        lastname: String,
        email: String,
        signature: String,
        notes: String,
        template: String,
        language: String,
        is_disabled as "isDisabled": Option<bool>,
        login_attempts as "loginAttempts": Option<u64>,
        support_department_ids as "supportDepartmentIds": Vec<u64>,
        receives_ticket_notifications as "receivesTicketNotifications": Vec<u64>,
        homepage_widgets_config as "homepageWidgetsConfig": String,
        hidden_homepage_widgets as "hiddenHomepageWidgets": String,
        created_at: Moment,
        updated_at: Moment,
        full_name as "fullName": String,
        gravatar_hash as "gravatarHash": String,
    }
}

record! {
    /// Admins.
    AdminUsers {
        count: Option<u64>,
        admin_users bare "admin_user": Vec<AdminUser>,
    }
}

record! {
    /// An admin who is signed in.
    StaffMember {
        adminusername: String,
        logintime: Moment,
        ipaddress: String,
        lastvisit: Moment,
    }
}

record! {
    /// Admins who are signed in.
    StaffOnline {
        totalresults: Option<u64>,
        staffonline in "staff": Vec<StaffMember>,
    }
}

record! {
    /// A to-do entry.
    ToDoItem {
        id: Option<u64>,
        date: Day,
        title: String,
        description: String,
        admin: Option<u64>,
        status: ToDoStatus,
        duedate: Day,
    }
}

record! {
    /// A page of to-do entries.
    ToDoItems {
        totalresults: Option<u64>,
        startnumber: Option<u64>,
        numreturned: Option<u64>,
        items in "item": Vec<ToDoItem>,
    }
}

record! {
    /// A to-do status and how many entries have it.
    ToDoCount {
        kind as "type": ToDoStatus,
        count: Option<u64>,
        overdue: Option<u64>,
    }
}

record! {
    /// To-do statuses.
    ToDoItemStatuses {
        totalresults: Option<u64>,
        todoitemstatuses in "status": Vec<ToDoCount>,
    }
}

record! {
    /// The to-do entry that was changed.
    ToDoRef {
        itemid: Option<u64>,
    }
}

actions! {
    System;

    /// The admin whose credential is used, and what it may do. <https://developers.whmcs.com/api-reference/getadmindetails/>
    GetAdminDetails: Read, Quick => AdminDetails {}

    /// Admins. <https://developers.whmcs.com/api-reference/getadminusers/>
    GetAdminUsers: Read, Quick => AdminUsers {
        may {
            /// Admin role.
            roleid: u64,
            /// Part of the address.
            email: String,
            include_disabled: bool,
        }
    }

    /// Admins who are signed in. <https://developers.whmcs.com/api-reference/getstaffonline/>
    GetStaffOnline: Read, Quick => StaffOnline {}

    /// Sets the notes of the credential's admin. <https://developers.whmcs.com/api-reference/updateadminnotes/>
    UpdateAdminNotes: Idempotent, Quick => Done {
        needs { notes: String, }
    }

    /// To-do entries in pages. <https://developers.whmcs.com/api-reference/gettodoitems/>
    GetToDoItems: Read, List => ToDoItems {
        may {
            /// Rows to skip.
            limitstart: u64,
            /// Rows to return; 25 when not given.
            limitnum: u64,
            status: ToDoStatus,
        }
    }

    /// To-do statuses and how many entries have each. <https://developers.whmcs.com/api-reference/gettodoitemstatuses/>
    GetToDoItemStatuses: Read, Quick => ToDoItemStatuses {}

    /// Changes a to-do entry. The documentation does not say how dates are written (quirk 59).
    /// <https://developers.whmcs.com/api-reference/updatetodoitem/>
    UpdateToDoItem: Idempotent, Quick => ToDoRef {
        needs {
            itemid: u64,
            adminid: u64,
        }
        may {
            status: ToDoStatus,
            date: String,
            title: String,
            description: String,
            duedate: String,
        }
    }
}

paged! {
    GetToDoItems: items of ToDoItem, by id;
}
