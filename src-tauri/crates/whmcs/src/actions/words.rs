//! Words that several actions share. All are open: a status that an installation added is kept as it is.

use crate::lenient::open_enum;

open_enum! {
    /// Order of rows.
    Direction { Ascending = "ASC", Descending = "DESC" }
}

open_enum! {
    /// Order of invoices, which want it in small letters.
    Order { Ascending = "asc", Descending = "desc" }
}

open_enum! {
    /// Status of a client.
    ClientStatus { Active = "Active", Inactive = "Inactive", Closed = "Closed" }
}

open_enum! {
    /// Status of a service or addon.
    ServiceStatus {
        Pending = "Pending",
        Active = "Active",
        Suspended = "Suspended",
        Terminated = "Terminated",
        Cancelled = "Cancelled",
        Fraud = "Fraud",
        Completed = "Completed",
    }
}

open_enum! {
    /// Status of a domain.
    DomainStatus {
        Pending = "Pending",
        PendingRegistration = "Pending Registration",
        PendingTransfer = "Pending Transfer",
        Active = "Active",
        Grace = "Grace",
        Redemption = "Redemption",
        Expired = "Expired",
        TransferredAway = "Transferred Away",
        Cancelled = "Cancelled",
        Fraud = "Fraud",
    }
}

open_enum! {
    /// Status of an invoice. `Overdue` only filters: it is an unpaid invoice past its due date.
    InvoiceStatus {
        Draft = "Draft",
        Unpaid = "Unpaid",
        Paid = "Paid",
        Cancelled = "Cancelled",
        Refunded = "Refunded",
        Collections = "Collections",
        PaymentPending = "Payment Pending",
        Overdue = "Overdue",
    }
}

open_enum! {
    /// Status of an order.
    OrderStatus { Pending = "Pending", Active = "Active", Cancelled = "Cancelled", Fraud = "Fraud" }
}

open_enum! {
    /// Status of a ticket. The last three only filter (quirk 44).
    TicketStatus {
        Open = "Open",
        Answered = "Answered",
        CustomerReply = "Customer-Reply",
        Closed = "Closed",
        OnHold = "On Hold",
        InProgress = "In Progress",
        AwaitingReply = "Awaiting Reply",
        AllActive = "All Active Tickets",
        MyFlagged = "My Flagged Tickets",
    }
}

open_enum! {
    /// Priority of a ticket.
    Priority { Low = "Low", Medium = "Medium", High = "High" }
}

open_enum! {
    /// Stage of a quote.
    QuoteStage {
        Draft = "Draft",
        Delivered = "Delivered",
        OnHold = "On Hold",
        Accepted = "Accepted",
        Lost = "Lost",
        Dead = "Dead",
    }
}

open_enum! {
    /// Kind of a stored payment method.
    PayMethodType {
        BankAccount = "BankAccount",
        CreditCard = "CreditCard",
        RemoteCreditCard = "RemoteCreditCard",
        RemoteBankAccount = "RemoteBankAccount",
    }
}
