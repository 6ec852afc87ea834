//! <https://developers.whmcs.com/api/api-index/#system>

mod admins;
mod logs;
mod mail;
mod secrets;
mod settings;
mod stats;
mod todos;

use super::support::update_announcement;
use crate::whmcs::registry::{Action, action, since_8};

pub(super) const ACTIONS: &[Action] = &[
    action("AddBannedIp", settings::add_banned_ip),
    action("DecryptPassword", secrets::decrypt_password),
    action("EncryptPassword", secrets::encrypt_password),
    action("GetActivityLog", logs::get_activity_log),
    action("GetAdminDetails", admins::get_admin_details),
    action("GetAdminUsers", admins::get_admin_users),
    action("GetAutomationLog", logs::get_automation_log),
    action("GetConfigurationValue", settings::get_configuration_value),
    action("GetCurrencies", settings::get_currencies),
    action("GetEmailTemplates", mail::get_email_templates),
    action("GetPaymentMethods", settings::get_payment_methods),
    action("GetStaffOnline", admins::get_staff_online),
    action("GetStats", stats::get_stats),
    action("GetToDoItemStatuses", todos::get_todo_item_statuses),
    action("GetToDoItems", todos::get_todo_items),
    action("LogActivity", logs::log_activity),
    action("SendAdminEmail", mail::send_admin_email),
    action("SendEmail", mail::send_email),
    action("SetConfigurationValue", settings::set_configuration_value),
    action("TriggerNotificationEvent", mail::trigger_notification_event),
    action("UpdateAdminNotes", admins::update_admin_notes),
    action("UpdateAnnouncement", update_announcement),
    action("UpdateToDoItem", todos::update_todo_item),
    since_8("WhmcsDetails", settings::whmcs_details),
];
