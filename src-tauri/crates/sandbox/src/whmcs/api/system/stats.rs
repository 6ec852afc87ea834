//! The figures of the start page.

use jiff::Span;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use crate::whmcs::State;
use crate::whmcs::desk::{Answer, Desk, cash, success};
use crate::whmcs::model::billing::QuoteStage;
use crate::whmcs::model::services::OrderStatus;
use crate::whmcs::model::support::TicketStatus;
use crate::whmcs::params::{HALF_UP, Params};

/// <https://developers.whmcs.com/api-reference/getstats/>
pub(super) fn get_stats(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let (today, state) = (desk.today(), &*desk.state);
    let mut fields = Map::new();
    let mut put = |name: &str, value: Value| {
        fields.insert(name.to_owned(), value);
    };
    incomes(state, today, &mut put);
    orders(state, today, &mut put);
    tickets(state, desk.caller.admin, &mut put);
    let waiting = state
        .cancel_requests
        .iter()
        .filter(|request| state.services.get(request.service).is_some_and(|service| service.status.renews()))
        .count();
    put("cancellations_pending", waiting.into());
    let due = state.todos.iter().filter(|one| one.status != "Completed" && one.due.is_some_and(|due| due <= today));
    put("todoitems_due", due.count().into());
    put("networkissues_open", 0.into());
    put("billableitems_uninvoiced", state.billable.iter().filter(|one| one.invoiced == 0).count().into());
    let open = |stage| matches!(stage, QuoteStage::Draft | QuoteStage::Delivered | QuoteStage::OnHold);
    let valid = state.quotes.iter().filter(|quote| open(quote.stage) && quote.valid_until >= today).count();
    put("quotes_valid", valid.into());
    put("staff_online", state.admins.iter().filter(|admin| admin.online.is_some()).count().into());
    if let Some(days) = params.int("timeline_days").filter(|days| *days > 0) {
        put("timeline_data", timelines(state, today, days.min(90)));
    }
    Ok(success(Value::Object(fields)))
}

/// An amount of a client's currency in the default one.
fn in_default(state: &State, client: u64, amount: Decimal) -> Decimal {
    let rate = state.currency_of(client).map_or(Decimal::ONE, |currency| currency.rate);
    if rate.is_zero() { amount } else { (amount / rate).round_dp_with_strategy(2, HALF_UP) }
}

fn income_where(state: &State, wanted: impl Fn(Date) -> bool) -> Decimal {
    let of_period = state.transactions.iter().filter(|one| wanted(one.date.date()));
    of_period.map(|one| in_default(state, one.client, one.amount_in - one.fees - one.amount_out)).sum()
}

fn incomes(state: &State, today: Date, put: &mut dyn FnMut(&str, Value)) {
    let show = |amount| Value::from(state.formatted(amount, 1));
    put("income_today", show(income_where(state, |day| day == today)));
    put(
        "income_thismonth",
        show(income_where(state, |day| (day.year(), day.month()) == (today.year(), today.month()))),
    );
    put("income_thisyear", show(income_where(state, |day| day.year() == today.year())));
    put("income_alltime", show(income_where(state, |_| true)));
}

fn orders(state: &State, today: Date, put: &mut dyn FnMut(&str, Value)) {
    let count = |wanted: &dyn Fn(Date, OrderStatus) -> bool| -> Value {
        state.orders.iter().filter(|order| wanted(order.date.date(), order.status)).count().into()
    };
    put("orders_pending", count(&|_, status| status == OrderStatus::Pending));
    let yesterday = today.saturating_sub(Span::new().days(1));
    for (name, day) in [("today", today), ("yesterday", yesterday)] {
        for status in [OrderStatus::Cancelled, OrderStatus::Pending, OrderStatus::Fraud, OrderStatus::Active] {
            let key = format!("orders_{name}_{}", status.text().to_lowercase());
            put(&key, count(&|date, one| date == day && one == status));
        }
        put(&format!("orders_{name}_total"), count(&|date, _| date == day));
    }
    put("orders_thismonth_total", count(&|day, _| (day.year(), day.month()) == (today.year(), today.month())));
    put("orders_thisyear_total", count(&|day, _| day.year() == today.year()));
}

fn tickets(state: &State, admin: u64, put: &mut dyn FnMut(&str, Value)) {
    let active = || state.tickets.iter().filter(|ticket| ticket.status.active());
    put("tickets_allactive", active().count().into());
    put("tickets_awaitingreply", active().filter(|ticket| ticket.status.awaiting()).count().into());
    put("tickets_flaggedtickets", active().filter(|ticket| ticket.flag == admin).count().into());
    for status in [
        TicketStatus::Open,
        TicketStatus::Answered,
        TicketStatus::CustomerReply,
        TicketStatus::Closed,
        TicketStatus::OnHold,
        TicketStatus::InProgress,
    ] {
        let key = format!("tickets_{}", status.text().to_lowercase().replace([' ', '-'], ""));
        put(&key, state.tickets.iter().filter(|ticket| ticket.status == status).count().into());
    }
}

fn timelines(state: &State, today: Date, days: i64) -> Value {
    let dates: Vec<Date> = (0..days).map(|ago| today.saturating_sub(Span::new().days(ago))).collect();
    let each = |value: &dyn Fn(Date) -> Value| -> Value {
        dates.iter().map(|day| (day.to_string(), value(*day))).collect::<Map<String, Value>>().into()
    };
    let orders = |accepted: bool| {
        each(&move |day| {
            let of_day = state.orders.iter().filter(|order| order.date.date() == day);
            of_day.filter(|order| !accepted || order.status == OrderStatus::Active).count().into()
        })
    };
    let spent = each(&|day| {
        let of_day = state.transactions.iter().filter(|one| one.date.date() == day);
        cash(of_day.map(|one| in_default(state, one.client, one.amount_out + one.fees)).sum()).into()
    });
    json!({
        "new_orders": orders(false),
        "accepted_orders": orders(true),
        "income": each(&|day| cash(income_where(state, |one| one == day)).into()),
        "expenditure": spent,
        "new_tickets": each(&|day| state.tickets.iter().filter(|one| one.date.date() == day).count().into()),
    })
}
