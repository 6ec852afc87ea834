use crate::lenient::record;

record! {
    /// An answer that says no more than that it worked.
    Done {}
}

record! {
    /// An answer of the Project Management addon, which says in words what it did.
    Message {
        message: String,
    }
}
