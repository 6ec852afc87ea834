//! Writing on tickets; announcements, client notes, cancellation requests.

use jiff::civil::DateTime;

use crate::action::actions;
use crate::actions::{Done, Priority, TicketStatus};
use crate::lenient::{Moment, open_enum, record};
use crate::paging::paged;
use crate::param::{Attachments, Created, Csv, Serialized};
use crate::secret::Secret;

open_enum! {
    /// When a service shall end.
    CancelKind { Immediate = "Immediate", EndOfPeriod = "End of Billing Period" }
}

record! {
    /// An announcement.
    Announcement {
        id: Option<u64>,
        date: Moment,
        title: String,
        /// HTML.
        announcement: String,
        published: Option<bool>,
        /// The announcement this one translates; 0 is none.
        parentid: Option<u64>,
        language: String,
        created_at: Moment,
        updated_at: Moment,
    }
}

record! {
    /// A page of announcements.
    Announcements {
        totalresults: Option<u64>,
        startnumber: Option<u64>,
        numreturned: Option<u64>,
        announcements in "announcement": Vec<Announcement>,
    }
}

record! {
    /// The announcement that was made or removed.
    AnnouncementRef {
        announcementid: Option<u64>,
    }
}

record! {
    /// The service somebody wants to end, and its client.
    CancelRequested {
        serviceid: Option<u64>,
        /// The client, despite the name.
        userid: Option<u64>,
    }
}

record! {
    /// The note that was made.
    NoteRef {
        noteid: Option<u64>,
    }
}

record! {
    /// The ticket that was opened.
    OpenedTicket {
        id: Option<u64>,
        /// The number clients see.
        tid: String,
        /// Opens the ticket to whoever knows it.
        c: Secret,
    }
}

record! {
    /// The ticket that was changed.
    TicketRef {
        ticketid: Option<u64>,
    }
}

record! {
    /// The reply that was changed.
    ReplyRef {
        replyid: Option<u64>,
    }
}

record! {
    /// Whether the ticket of a blocked sender was deleted as well.
    BlockedSender {
        deleted: Option<bool>,
    }
}

actions! {
    Support;

    /// Opens a ticket for a client or for a guest. <https://developers.whmcs.com/api-reference/openticket/>
    OpenTicket: Once, Quick => OpenedTicket {
        needs {
            /// Department.
            deptid: u64,
            subject: String,
            message: String,
        }
        may {
            clientid: u64,
            /// Login user of the client who asks.
            userid: u64,
            contactid: u64,
            /// Of a guest.
            name: String,
            /// Of a guest.
            email: String,
            priority: Priority,
            created: Created,
            /// Not together with `domainid`.
            serviceid: u64,
            domainid: u64,
            /// Opened by the admin.
            admin: bool,
            noemail: bool,
            markdown: bool,
            /// Values by field id.
            customfields: Serialized,
            attachments: Attachments,
            prevent_client_closure as "preventClientClosure": bool,
        }
    }

    /// Replies on a ticket as admin, client, contact or guest. <https://developers.whmcs.com/api-reference/addticketreply/>
    AddTicketReply: Once, Quick => Done {
        needs {
            ticketid: u64,
            message: String,
        }
        may {
            markdown: bool,
            clientid: u64,
            contactid: u64,
            /// Reply as this admin.
            adminusername: String,
            /// Of a guest.
            name: String,
            /// Of a guest.
            email: String,
            /// Status afterwards.
            status: TicketStatus,
            noemail: bool,
            /// Values by field id.
            customfields: Serialized,
            attachments: Attachments,
            created: Created,
        }
    }

    /// Writes a note on a ticket, for staff only. <https://developers.whmcs.com/api-reference/addticketnote/>
    AddTicketNote: Once, Quick => Done {
        needs { message: String, }
        may {
            /// Or `ticketnum`.
            ticketid: u64,
            /// The number clients see.
            ticketnum: String,
            markdown: bool,
            attachments: Attachments,
            created: Created,
        }
    }

    /// Changes a ticket. <https://developers.whmcs.com/api-reference/updateticket/>
    UpdateTicket: Idempotent, Quick => TicketRef {
        needs { ticketid: u64, }
        may {
            /// Department.
            deptid: u64,
            status: TicketStatus,
            subject: String,
            /// The client, despite the name.
            userid: u64,
            name: String,
            email: String,
            cc: String,
            priority: Priority,
            created: Created,
            /// Admin it is flagged to.
            flag: u64,
            remove_flag as "removeFlag": bool,
            /// The opening message.
            message: String,
            markdown: bool,
            /// Values by field id.
            customfields: Serialized,
            prevent_client_closure as "preventClientClosure": bool,
        }
    }

    /// Changes a reply. <https://developers.whmcs.com/api-reference/updateticketreply/>
    UpdateTicketReply: Idempotent, Quick => ReplyRef {
        needs {
            replyid: u64,
            message: String,
        }
        may {
            markdown: bool,
            created: Created,
        }
    }

    /// Merges tickets into one, for good. Missing from the usual permissions of a credential (quirk 22).
    /// <https://developers.whmcs.com/api-reference/mergeticket/>
    MergeTicket: Destructive, Quick => TicketRef {
        needs {
            /// The ticket that stays.
            ticketid: u64,
            mergeticketids: Csv<u64>,
        }
        may { newsubject: String, }
    }

    /// Blocks the sender of a guest's ticket, and can delete the ticket.
    /// <https://developers.whmcs.com/api-reference/blockticketsender/>
    BlockTicketSender: Destructive, Quick => BlockedSender {
        needs { ticketid: u64, }
        may { delete: bool, }
    }

    /// Erases a ticket. <https://developers.whmcs.com/api-reference/deleteticket/>
    DeleteTicket: Destructive, Quick => Done {
        needs { ticketid: u64, }
    }

    /// Erases a reply. <https://developers.whmcs.com/api-reference/deleteticketreply/>
    DeleteTicketReply: Destructive, Quick => Done {
        needs {
            ticketid: u64,
            replyid: u64,
        }
    }

    /// Erases a note. <https://developers.whmcs.com/api-reference/deleteticketnote/>
    DeleteTicketNote: Destructive, Quick => Done {
        needs { noteid: u64, }
    }

    /// Announcements in pages. <https://developers.whmcs.com/api-reference/getannouncements/>
    GetAnnouncements: Read, List => Announcements {
        may {
            /// Rows to skip.
            limitstart: u64,
            /// Rows to return; 25 when not given.
            limitnum: u64,
        }
    }

    /// Makes an announcement. <https://developers.whmcs.com/api-reference/addannouncement/>
    AddAnnouncement: Once, Quick => AnnouncementRef {
        needs {
            date: DateTime,
            title: String,
            /// HTML.
            announcement: String,
        }
        may { published: bool, }
    }

    /// Removes an announcement. <https://developers.whmcs.com/api-reference/deleteannouncement/>
    DeleteAnnouncement: Destructive, Quick => AnnouncementRef {
        needs { announcementid: u64, }
    }

    /// Attaches a note to a client, for admins. <https://developers.whmcs.com/api-reference/addclientnote/>
    AddClientNote: Once, Quick => NoteRef {
        needs {
            /// The client, despite the name.
            userid: u64,
            notes: String,
        }
        may {
            /// Show it wherever the client is shown.
            sticky: bool,
        }
    }

    /// Asks for a service to end. <https://developers.whmcs.com/api-reference/addcancelrequest/>
    AddCancelRequest: Once, Quick => CancelRequested {
        needs { serviceid: u64, }
        may {
            kind as "type": CancelKind,
            reason: String,
        }
    }
}

paged! {
    GetAnnouncements: announcements of Announcement, by id;
}
