//! Reading tickets. Lists show the departments of the credential's admin only, silently, unless told otherwise
//! (quirk 45).

use crate::action::actions;
use crate::actions::orders::StatusCount;
use crate::actions::{Direction, Priority, TicketStatus};
use crate::lenient::{Keyed, Moment, open_enum, record};
use crate::paging::paged;
use crate::secret::Secret;

open_enum! {
    /// What an attachment belongs to. The opening message belongs to the ticket (quirk 56).
    AttachedTo { Ticket = "ticket", Reply = "reply", Note = "note" }
}

record! {
    /// An attachment by name and place.
    AttachmentRef {
        filename: String,
        index: Option<u64>,
    }
}

record! {
    /// A ticket in a list.
    TicketRow {
        id or "ticketid": Option<u64>,
        /// The number clients see.
        tid: String,
        /// Department.
        deptid: Option<u64>,
        /// The client, despite the name; 0 is a guest.
        userid: Option<u64>,
        name: String,
        owner_name: String,
        email: String,
        requestor_name: String,
        requestor_email: String,
        requestor_type: String,
        cc: String,
        /// Opens the ticket to whoever knows it.
        c: Secret,
        date: Moment,
        subject: String,
        status: TicketStatus,
        priority: Priority,
        admin: String,
        /// File names with `|` between, the older form.
        attachment: String,
        attachments bare "attachment": Vec<AttachmentRef>,
        attachments_removed: Option<bool>,
        lastreply: Moment,
        /// Admin; 0 is none.
        flag: Option<u64>,
        /// `S` or `D` with the id of a service or domain.
        service: String,
    }
}

record! {
    /// A page of tickets.
    TicketList {
        totalresults: Option<u64>,
        startnumber: Option<u64>,
        numreturned: Option<u64>,
        tickets in "ticket": Vec<TicketRow>,
    }
}

record! {
    /// A message of a ticket.
    TicketReply {
        /// 0 is the opening message.
        replyid: Option<u64>,
        /// The client, despite the name.
        userid: Option<u64>,
        contactid: Option<u64>,
        name: String,
        email: String,
        requestor_name: String,
        requestor_email: String,
        /// `Owner`, `Operator`, `Guest`, …
        requestor_type: String,
        date: Moment,
        /// The customer's or admin's words, possibly Markdown.
        message: String,
        /// File names with `|` between, the older form.
        attachment: String,
        attachments bare "attachment": Vec<AttachmentRef>,
        attachments_removed: Option<bool>,
        admin: String,
        rating: Option<u64>,
    }
}

record! {
    /// A note for staff.
    TicketNote {
        noteid or "id": Option<u64>,
        date: Moment,
        message: String,
        /// File names with `|` between, the older form.
        attachment: String,
        attachments bare "attachment": Vec<AttachmentRef>,
        attachments_removed: Option<bool>,
        admin: String,
    }
}

record! {
    /// A ticket with its messages and notes.
    Ticket {
        /// Sent as `id` by some versions (quirk 64).
        ticketid or "id": Option<u64>,
        /// The number clients see.
        tid: String,
        /// Opens the ticket to whoever knows it.
        c: Secret,
        /// Department.
        deptid: Option<u64>,
        deptname: String,
        /// The client, despite the name; 0 is a guest.
        userid: Option<u64>,
        contactid: Option<u64>,
        name: String,
        email: String,
        requestor_name: String,
        requestor_type: String,
        requestor_email: String,
        cc: String,
        date: Moment,
        subject: String,
        status: TicketStatus,
        priority: Priority,
        admin: String,
        lastreply: Moment,
        /// Admin; 0 is none.
        flag: Option<u64>,
        /// `S` or `D` with the id of a service or domain.
        service: String,
        replies in "reply": Vec<TicketReply>,
        notes in "note": Vec<TicketNote>,
    }
}

record! {
    /// Notes of a ticket; this list has no pages.
    TicketNotes {
        totalresults: Option<u64>,
        notes in "note": Vec<ListedNote>,
    }
}

record! {
    /// A note of a ticket.
    ListedNote {
        id or "noteid": Option<u64>,
        admin: String,
        date: Moment,
        message: String,
        /// File names with `|` between, the older form.
        attachment: String,
        attachments bare "attachment": Vec<AttachmentRef>,
        attachments_removed: Option<bool>,
    }
}

record! {
    /// A file.
    TicketAttachment {
        filename: String,
        /// Base64.
        data: String,
    }
}

record! {
    /// Tickets by status.
    TicketCounts {
        filtered_departments as "filteredDepartments": Vec<u64>,
        all_active as "allActive": Option<u64>,
        awaiting_reply as "awaitingReply": Option<u64>,
        flagged_tickets as "flaggedTickets": Option<u64>,
        /// By status in small letters without blanks.
        status: Keyed<StatusCount>,
    }
}

record! {
    /// A department.
    Department {
        id: Option<u64>,
        name: String,
        awaitingreply: Option<u64>,
        opentickets: Option<u64>,
    }
}

record! {
    /// Departments.
    Departments {
        totalresults: Option<u64>,
        departments in "department": Vec<Department>,
    }
}

record! {
    /// Ticket statuses.
    SupportStatuses {
        totalresults: Option<u64>,
        statuses in "status": Vec<StatusCount>,
    }
}

record! {
    /// A category of prepared replies.
    ReplyCategory {
        id: Option<u64>,
        parentid: Option<u64>,
        name: String,
        replycount: Option<u64>,
    }
}

record! {
    /// Categories of prepared replies.
    ReplyCategories {
        totalresults: Option<u64>,
        categories in "category": Vec<ReplyCategory>,
    }
}

record! {
    /// A prepared reply.
    PredefinedReply {
        name: String,
        reply: String,
    }
}

record! {
    /// Prepared replies.
    PredefinedReplies {
        totalresults: Option<u64>,
        predefinedreplies in "predefinedreply": Vec<PredefinedReply>,
    }
}

actions! {
    Tickets;

    /// Tickets in pages. <https://developers.whmcs.com/api-reference/gettickets/>
    GetTickets: Read, List => TicketList {
        may {
            /// Rows to skip.
            limitstart: u64,
            /// Rows to return; 25 when not given.
            limitnum: u64,
            /// Department.
            deptid: u64,
            clientid: u64,
            /// Of a guest.
            email: String,
            status: TicketStatus,
            /// Part of the subject.
            subject: String,
            /// All departments, not only those of the credential's admin.
            ignore_dept_assignments: bool,
        }
    }

    /// One ticket with messages and notes. <https://developers.whmcs.com/api-reference/getticket/>
    GetTicket: Read, Quick => Ticket {
        may {
            /// Or `ticketnum`.
            ticketid: u64,
            /// The number clients see.
            ticketnum: String,
            repliessort: Direction,
        }
    }

    /// Notes of a ticket. <https://developers.whmcs.com/api-reference/getticketnotes/>
    GetTicketNotes: Read, Quick => TicketNotes {
        needs { ticketid: u64, }
    }

    /// One attachment. <https://developers.whmcs.com/api-reference/getticketattachment/>
    GetTicketAttachment: Read, List => TicketAttachment {
        needs {
            /// Ticket, reply or note.
            relatedid: u64,
            kind as "type": AttachedTo,
            /// From 0.
            index: u64,
        }
    }

    /// How many tickets there are. <https://developers.whmcs.com/api-reference/getticketcounts/>
    GetTicketCounts: Read, Quick => TicketCounts {
        may {
            /// All departments, not only those of the credential's admin (9.0 and later).
            ignore_department_assignments as "ignoreDepartmentAssignments": bool,
            include_counts_by_status as "includeCountsByStatus": bool,
        }
    }

    /// Departments. <https://developers.whmcs.com/api-reference/getsupportdepartments/>
    GetSupportDepartments: Read, Quick => Departments {
        may {
            /// All departments, not only those of the credential's admin.
            ignore_dept_assignments: bool,
        }
    }

    /// Ticket statuses and how many tickets have each. <https://developers.whmcs.com/api-reference/getsupportstatuses/>
    GetSupportStatuses: Read, Quick => SupportStatuses {
        may {
            /// Department.
            deptid: u64,
        }
    }

    /// Categories of prepared replies. <https://developers.whmcs.com/api-reference/getticketpredefinedcats/>
    GetTicketPredefinedCats: Read, Quick => ReplyCategories {}

    /// Prepared replies. <https://developers.whmcs.com/api-reference/getticketpredefinedreplies/>
    GetTicketPredefinedReplies: Read, List => PredefinedReplies {
        may {
            /// Category.
            catid: u64,
        }
    }
}

paged! {
    GetTickets: tickets of TicketRow, by id;
}
