//! <https://developers.whmcs.com/api/api-index/#support>

mod announcements;
mod threads;
mod upkeep;
mod writing;

use crate::whmcs::registry::{Action, action};

pub(super) use announcements::update_announcement;

pub(super) const ACTIONS: &[Action] = &[
    action("AddAnnouncement", announcements::add_announcement),
    action("AddCancelRequest", announcements::add_cancel_request),
    action("AddClientNote", announcements::add_client_note),
    action("AddTicketNote", threads::add_ticket_note),
    action("AddTicketReply", threads::add_ticket_reply),
    action("BlockTicketSender", upkeep::block_ticket_sender),
    action("DeleteAnnouncement", announcements::delete_announcement),
    action("DeleteTicket", upkeep::delete_ticket),
    action("DeleteTicketNote", upkeep::delete_ticket_note),
    action("DeleteTicketReply", upkeep::delete_ticket_reply),
    action("GetAnnouncements", announcements::get_announcements),
    action("MergeTicket", upkeep::merge_ticket),
    action("OpenTicket", threads::open_ticket),
    action("UpdateTicket", upkeep::update_ticket),
    action("UpdateTicketReply", upkeep::update_ticket_reply),
];
