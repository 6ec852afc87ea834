//! <https://developers.whmcs.com/api/api-index/#products>

use rust_decimal::Decimal;
use serde_json::json;

use crate::journal::Effect;
use crate::whmcs::desk::{Answer, Desk, OrRefuse, refuse, success};
use crate::whmcs::model::catalog::{Prices, Pricing, Product};
use crate::whmcs::model::services::Cycle;
use crate::whmcs::params::{Params, leaf, to_money};
use crate::whmcs::registry::{Action, action};

pub(super) const ACTIONS: &[Action] = &[action("AddProduct", add_product)];

/// <https://developers.whmcs.com/api-reference/addproduct/>
fn add_product(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let name = params.text("name").or_refuse("You must supply a name for the product")?.to_owned();
    let group = params.id("gid").filter(|id| desk.state.product_groups.get(*id).is_some());
    let group = group.or_refuse("You must supply a valid Product Group ID")?;
    let kind = params.text("type").unwrap_or("other").to_lowercase();
    if !["hostingaccount", "reselleraccount", "server", "other"].contains(&kind.as_str()) {
        return refuse(
            "Invalid product type. Must be one of \"hostingaccount\", \"reselleraccount\", \"server\" or \"other\"",
        );
    }
    let pay_type = params.text("paytype").unwrap_or("free").to_lowercase();
    if !["free", "onetime", "recurring"].contains(&pay_type.as_str()) {
        return refuse("Invalid pay type. Must be one of \"free\", \"onetime\" or \"recurring\"");
    }
    let auto_setup = params.text("autosetup").unwrap_or_default().to_lowercase();
    if !["", "on", "order", "payment"].contains(&auto_setup.as_str()) {
        return refuse("Invalid autosetup value. Must be one of \"\", \"on\", \"order\" or \"payment\"");
    }
    let template = params.id("welcomeemail");
    let known = |id| desk.state.email_templates.get(id).is_some_and(|one| one.kind == "product");
    if template.is_some_and(|id| !known(id)) {
        return refuse("You must supply a valid welcome email ID");
    }
    if params.text("color").is_some_and(|text| !is_colour(text)) {
        return refuse("The color must be a valid hexadecimal value.");
    }
    for (_, fields) in params.maps("recommendations") {
        let id = fields.get("id").and_then(leaf).and_then(|text| text.parse().ok());
        if id.is_none_or(|id| desk.state.products.get(id).is_none()) {
            return refuse("The recommendation product ID is invalid. This must be an existing product ID.");
        }
    }
    let slug: String = params.text("slug").unwrap_or(&name).to_lowercase().replace([' ', '/'], "-");
    let pricing = pricing(desk, params);
    let id = desk.state.products.add(|id| Product {
        id,
        group,
        kind,
        name,
        slug,
        description: params.raw("description").unwrap_or_default().to_owned(),
        module: params.string("module"),
        pay_type,
        allow_quantity: 0,
        stock_control: params.flag("stockcontrol"),
        stock: params.int("qty").unwrap_or(0),
        hidden: params.flag("hidden"),
        taxed: params.flag("tax"),
        auto_setup,
        pricing,
        custom_fields: Vec::new(),
        option_groups: Vec::new(),
    });
    desk.note(Effect::Created, "product", id, json!({"group": group}));
    desk.log(0, format!("Product Created - Product ID: {id}"));
    Ok(success(json!({"pid": id})))
}

fn is_colour(text: &str) -> bool {
    let digits = text.strip_prefix('#').unwrap_or(text);
    matches!(digits.len(), 3 | 6) && digits.chars().all(|letter| letter.is_ascii_hexdigit())
}

/// `pricing[currencyId][monthly]` and `pricing[currencyId][msetupfee]`; a negative price is not offered.
fn pricing(desk: &Desk<'_>, params: &Params) -> Pricing {
    let mut pricing = Pricing::new();
    for (currency, fields) in params.maps("pricing") {
        let Some(currency) = currency.parse().ok().filter(|id| desk.state.currencies.get(*id).is_some()) else {
            continue;
        };
        let amount = |name: &str| fields.get(name).and_then(leaf).and_then(to_money);
        let mut prices = Prices::default();
        for (column, cycle) in Cycle::RECURRING.iter().enumerate() {
            prices.price[column] = amount(cycle.key()).filter(|price| *price >= Decimal::ZERO);
            prices.setup[column] = amount(&format!("{}setupfee", &cycle.key()[..1])).unwrap_or_default();
        }
        pricing.insert(currency, prices);
    }
    pricing
}
