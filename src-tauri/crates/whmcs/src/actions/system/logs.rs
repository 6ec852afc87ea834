//! What happened: the activity log and the automation's log.

use serde_json::Value;

use crate::action::actions;
use crate::actions::Done;
use crate::lenient::{Moment, record};
use crate::paging::paged;
use crate::param::LocalDate;

record! {
    /// A line of the activity log.
    ActivityEntry {
        id: Option<u64>,
        client_id as "clientId": Option<u64>,
        /// Login user.
        user_id as "userId": Option<u64>,
        admin_id as "adminId": Option<u64>,
        date: Moment,
        description: String,
        username: String,
        ipaddress: String,
        /// The client under its old name (quirk 62).
        userid: Option<u64>,
    }
}

record! {
    /// A page of the activity log.
    ActivityLog {
        totalresults: Option<u64>,
        startnumber: Option<u64>,
        activity in "entry": Vec<ActivityEntry>,
    }
}

record! {
    /// What the daily automation did.
    AutomationLog {
        current_datetime as "currentDatetime": Moment,
        last_daily_cron_invocation_time as "lastDailyCronInvocationTime": Moment,
        startdate: Moment,
        enddate: Moment,
        /// By date and task; the documentation does not say more (quirk 70).
        statistics: Value,
    }
}

actions! {
    System;

    /// The activity log in pages, newest first. <https://developers.whmcs.com/api-reference/getactivitylog/>
    GetActivityLog: Read, List => ActivityLog {
        may {
            /// Rows to skip.
            limitstart: u64,
            /// Rows to return; 25 when not given.
            limitnum: u64,
            /// Named `userid` before 8.5.
            clientid: u64,
            /// In the installation's own format.
            date: LocalDate,
            /// Mail address of a client or user, or user name of an admin.
            user: String,
            /// Part of the description.
            description: String,
            ipaddress: String,
        }
    }

    /// Writes a line to the activity log. <https://developers.whmcs.com/api-reference/logactivity/>
    LogActivity: Once, Quick => Done {
        needs { description: String, }
        may {
            /// Named `userid` before 8.0.
            clientid: u64,
        }
    }

    /// What the daily automation did. <https://developers.whmcs.com/api-reference/getautomationlog/>
    GetAutomationLog: Read, List => AutomationLog {
        may {
            /// Today when not given.
            startdate: String,
            /// Today when not given.
            enddate: String,
            /// One task only.
            namespace: String,
        }
    }
}

paged! {
    GetActivityLog: activity of ActivityEntry, by id;
}
