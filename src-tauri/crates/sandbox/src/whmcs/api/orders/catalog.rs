//! The product catalogue.

use serde_json::{Map, Value, json};

use crate::whmcs::State;
use crate::whmcs::desk::{Answer, Desk, cash, on, success};
use crate::whmcs::model::catalog::{ConfigOption, Prices, Pricing, Product};
use crate::whmcs::model::services::Cycle;
use crate::whmcs::params::Params;

/// <https://developers.whmcs.com/api-reference/getproducts/>
pub(super) fn get_products(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let state = &*desk.state;
    let ids: Vec<u64> = params
        .text("pid")
        .map(|list| list.split(',').filter_map(|id| id.trim().parse().ok()).collect())
        .unwrap_or_default();
    let (group, module) = (params.id("gid"), params.text("module"));
    let rows: Vec<Value> = state
        .products
        .iter()
        .filter(|one| !params.has("pid") || ids.contains(&one.id))
        .filter(|one| group.is_none_or(|id| one.group == id))
        .filter(|one| module.is_none_or(|name| one.module.eq_ignore_ascii_case(name)))
        .map(|one| show(state, one))
        .collect();
    Ok(success(json!({"totalresults": rows.len(), "products": {"product": rows}})))
}

fn show(state: &State, one: &Product) -> Value {
    let group = state.product_groups.get(one.group).map(|group| group.slug.as_str()).unwrap_or_default();
    let fields: Vec<Value> = one
        .custom_fields
        .iter()
        .filter(|field| field.on_order_form)
        .map(|field| {
            json!({
                "id": field.id,
                "name": field.name,
                "description": field.description,
                "required": on(field.required),
            })
        })
        .collect();
    let options: Vec<Value> = state
        .options
        .iter()
        .filter(|option| one.option_groups.contains(&option.group))
        .map(|option| show_option(state, option))
        .collect();
    json!({
        "pid": one.id,
        "gid": one.group,
        "type": one.kind,
        "name": one.name,
        "slug": one.slug,
        "product-url": format!("{}index.php/store/{group}/{}", state.url, one.slug),
        "description": one.description,
        "module": one.module,
        "paytype": one.pay_type,
        "allowqty": one.allow_quantity,
        "quantity_available": one.stock,
        "pricing": pricing(state, &one.pricing, true),
        "customfields": {"customfield": fields},
        "configoptions": {"configoption": options},
    })
}

fn show_option(state: &State, option: &ConfigOption) -> Value {
    let choices: Vec<Value> = option
        .choices
        .iter()
        .map(|choice| {
            json!({
                "id": choice.id,
                "name": choice.label(),
                "rawName": choice.name,
                "recurring": 0,
                "required": null,
                "pricing": pricing(state, &choice.pricing, false),
            })
        })
        .collect();
    json!({
        "id": option.id,
        "name": option.name.split_once('|').map_or(option.name.as_str(), |(_, label)| label),
        "type": option.kind.to_string(),
        "minqty": option.min,
        "maxqty": option.max,
        "options": {"option": choices},
    })
}

/// Prices by currency code: six set-up fees, then six prices; what is not offered costs -1.00.
fn pricing(state: &State, pricing: &Pricing, product: bool) -> Value {
    let show = |prices: &Prices, fields: &mut Map<String, Value>| {
        for (cycle, setup) in Cycle::RECURRING.iter().zip(prices.setup) {
            fields.insert(format!("{}setupfee", &cycle.key()[..1]), cash(setup).into());
        }
        for (cycle, price) in Cycle::RECURRING.iter().zip(prices.price) {
            // An option without a price of its own is free and not unavailable.
            let missing = if product { "-1.00" } else { "0.00" };
            fields.insert(cycle.key().to_owned(), price.map_or_else(|| missing.to_owned(), cash).into());
        }
    };
    let by_code: Map<String, Value> = state
        .currencies
        .iter()
        .map(|currency| {
            let mut fields = Map::new();
            if product {
                fields.insert("prefix".to_owned(), currency.prefix.as_str().into());
                fields.insert("suffix".to_owned(), currency.suffix.as_str().into());
            }
            show(pricing.get(&currency.id).unwrap_or(&Prices::default()), &mut fields);
            (currency.code.clone(), fields.into())
        })
        .collect();
    by_code.into()
}
