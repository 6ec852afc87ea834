//! The numbers of the business.

use rust_decimal::Decimal;

use crate::action::actions;
use crate::lenient::{FormattedMoney, Keyed, record};

record! {
    /// Counts and sums. Money is written for people (quirk 28).
    Stats {
        income_today: FormattedMoney,
        income_thismonth: FormattedMoney,
        income_thisyear: FormattedMoney,
        income_alltime: FormattedMoney,
        orders_pending: Option<u64>,
        orders_today_cancelled: Option<u64>,
        orders_today_pending: Option<u64>,
        orders_today_fraud: Option<u64>,
        orders_today_active: Option<u64>,
        orders_today_total: Option<u64>,
        orders_yesterday_cancelled: Option<u64>,
        orders_yesterday_pending: Option<u64>,
        orders_yesterday_fraud: Option<u64>,
        orders_yesterday_active: Option<u64>,
        orders_yesterday_total: Option<u64>,
        orders_thismonth_total: Option<u64>,
        orders_thisyear_total: Option<u64>,
        tickets_allactive: Option<u64>,
        tickets_awaitingreply: Option<u64>,
        tickets_flaggedtickets: Option<u64>,
        tickets_open: Option<u64>,
        tickets_answered: Option<u64>,
        tickets_customerreply: Option<u64>,
        tickets_closed: Option<u64>,
        tickets_onhold: Option<u64>,
        tickets_inprogress: Option<u64>,
        cancellations_pending: Option<u64>,
        todoitems_due: Option<u64>,
        networkissues_open: Option<u64>,
        billableitems_uninvoiced: Option<u64>,
        quotes_valid: Option<u64>,
        staff_online: Option<u64>,
        /// By measure and date; only with `timeline_days`. The documentation calls it a number.
        timeline_data: Keyed<Keyed<Decimal>>,
    }
}

actions! {
    System;

    /// Counts and sums, and their course over some days. <https://developers.whmcs.com/api-reference/getstats/>
    GetStats: Read, List => Stats {
        may {
            /// At most 90.
            timeline_days: u64,
        }
    }
}
