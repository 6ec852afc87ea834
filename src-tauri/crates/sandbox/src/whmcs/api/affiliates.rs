//! <https://developers.whmcs.com/api/api-index/#affiliates>

use rust_decimal::Decimal;
use serde_json::json;

use crate::journal::Effect;
use crate::whmcs::desk::{Answer, Desk, cash, day, done, moment, one};
use crate::whmcs::model::people::Affiliate;
use crate::whmcs::paging::{Counts, list};
use crate::whmcs::params::Params;
use crate::whmcs::registry::{Action, action};

pub(super) const ACTIONS: &[Action] =
    &[action("AffiliateActivate", affiliate_activate), action("GetAffiliates", get_affiliates)];

/// <https://developers.whmcs.com/api-reference/affiliateactivate/>
fn affiliate_activate(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let client = desk.client(params, "userid", "Client ID not found")?.id;
    let created = desk.now();
    if desk.state.affiliates.iter().any(|one| one.client == client) {
        // Being one already is no mistake.
        return done();
    }
    let id = desk.state.affiliates.add(|id| Affiliate {
        id,
        client,
        date: created.date(),
        visitors: 0,
        pay_type: String::new(),
        pay_amount: Decimal::ZERO,
        one_time: false,
        balance: Decimal::ZERO,
        withdrawn: Decimal::ZERO,
        created,
    });
    desk.note(Effect::Created, "affiliate", id, json!({"client": client}));
    desk.log(client, format!("Activated Affiliate Account - Affiliate ID: {id}"));
    done()
}

/// <https://developers.whmcs.com/api-reference/getaffiliates/>
fn get_affiliates(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let (client, visitors) = (params.id("userid"), params.int("visitors"));
    let (balance, withdrawn) = (params.money("balance"), params.money("withdrawn"));
    let rows: Vec<&Affiliate> = desk
        .state
        .affiliates
        .iter()
        .filter(|row| client.is_none_or(|id| row.client == id))
        .filter(|row| visitors.is_none_or(|count| i64::try_from(row.visitors) == Ok(count)))
        .filter(|row| params.text("paytype").is_none_or(|kind| row.pay_type == kind))
        .filter(|row| balance.is_none_or(|amount| row.balance == amount))
        .filter(|row| withdrawn.is_none_or(|amount| row.withdrawn == amount))
        .collect();
    Ok(list(params, Counts::Texts, ("affiliates", "affiliate"), &rows, |row| {
        json!({
            "id": row.id.to_string(),
            "date": day(row.date),
            "clientid": row.client.to_string(),
            "visitors": row.visitors.to_string(),
            "paytype": row.pay_type,
            "payamount": cash(row.pay_amount),
            "onetime": one(row.one_time),
            "balance": cash(row.balance),
            "withdrawn": cash(row.withdrawn),
            "created_at": moment(row.created),
            "updated_at": moment(row.created),
        })
    }))
}
