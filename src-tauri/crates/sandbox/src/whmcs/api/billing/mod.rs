//! <https://developers.whmcs.com/api/api-index/#billing>

mod billable;
mod credits;
mod invoices;
mod pay_methods;
mod payments;
mod quotes;

use crate::whmcs::registry::{Action, action};

pub(super) const ACTIONS: &[Action] = &[
    action("AcceptQuote", quotes::accept_quote),
    action("AddBillableItem", billable::add_billable_item),
    action("AddCredit", credits::add_credit),
    action("AddInvoicePayment", payments::add_invoice_payment),
    action("AddPayMethod", pay_methods::add_pay_method),
    action("AddTransaction", payments::add_transaction),
    action("ApplyCredit", credits::apply_credit),
    action("CapturePayment", payments::capture_payment),
    action("CreateInvoice", invoices::create_invoice),
    action("CreateQuote", quotes::create_quote),
    action("DeletePayMethod", pay_methods::delete_pay_method),
    action("DeleteQuote", quotes::delete_quote),
    action("GenInvoices", invoices::gen_invoices),
    action("GetCredits", credits::get_credits),
    action("GetInvoice", invoices::get_invoice),
    action("GetInvoices", invoices::get_invoices),
    action("GetPayMethods", pay_methods::get_pay_methods),
    action("GetQuotes", quotes::get_quotes),
    action("GetTransactions", payments::get_transactions),
    action("SendQuote", quotes::send_quote),
    action("UpdateInvoice", invoices::update_invoice),
    action("UpdatePayMethod", pay_methods::update_pay_method),
    action("UpdateQuote", quotes::update_quote),
    action("UpdateTransaction", payments::update_transaction),
];
