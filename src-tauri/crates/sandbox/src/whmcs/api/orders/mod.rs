//! <https://developers.whmcs.com/api/api-index/#orders>

mod cart;
mod catalog;
mod lists;
mod place;
mod states;
mod upgrade;

use crate::whmcs::registry::{Action, action};

pub(super) use upgrade::upgrade_product;

pub(super) const ACTIONS: &[Action] = &[
    action("AcceptOrder", states::accept_order),
    action("AddOrder", place::add_order),
    action("CancelOrder", states::cancel_order),
    action("DeleteOrder", states::delete_order),
    action("FraudOrder", states::fraud_order),
    action("GetOrderStatuses", lists::get_order_statuses),
    action("GetOrders", lists::get_orders),
    action("GetProducts", catalog::get_products),
    action("GetPromotions", lists::get_promotions),
    action("OrderFraudCheck", states::order_fraud_check),
    action("PendingOrder", states::pending_order),
];
