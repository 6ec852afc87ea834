//! Login users (8.0 and later) and what they may do on clients.

use serde_json::Value;

use crate::action::actions;
use crate::actions::{Direction, Done};
use crate::lenient::{Moment, record};
use crate::paging::paged;
use crate::param::Csv;
use crate::secret::Secret;

record! {
    /// A client of a user.
    UserClient {
        id: Option<u64>,
        is_owner as "isOwner": Option<bool>,
    }
}

record! {
    /// A login user.
    UserRow {
        id: Option<u64>,
        firstname: String,
        lastname: String,
        email: String,
        datecreated: Moment,
        validationdata: Secret,
        clients bare "client": Vec<UserClient>,
    }
}

record! {
    /// A page of users.
    Users {
        totalresults: Option<u64>,
        startnumber: Option<u64>,
        numreturned: Option<u64>,
        users bare "user": Vec<UserRow>,
    }
}

record! {
    /// The user that was made or changed.
    UserRef {
        user_id: Option<u64>,
    }
}

record! {
    /// Names of permissions.
    Permissions {
        permissions in "permission": Vec<String>,
    }
}

record! {
    /// What a user may do on a client. The documentation shows no answer, so the shape is left open.
    UserPermissions {
        permissions: Value,
    }
}

actions! {
    Users;

    /// Users in pages. <https://developers.whmcs.com/api-reference/getusers/>
    GetUsers: Read, List => Users {
        may {
            /// Rows to skip.
            limitstart: u64,
            /// Rows to return; 25 when not given.
            limitnum: u64,
            sorting: Direction,
            /// What a name or mail address begins with.
            search: String,
        }
    }

    /// Makes a user that has no client yet. <https://developers.whmcs.com/api-reference/adduser/>
    AddUser: Once, Quick => UserRef {
        needs {
            firstname: String,
            lastname: String,
            email: String,
            password2: Secret,
        }
        may {
            /// Full name in small letters, e.g. `english`.
            language: String,
        }
    }

    /// Changes a user. <https://developers.whmcs.com/api-reference/updateuser/>
    UpdateUser: Idempotent, Quick => UserRef {
        needs { user_id: u64, }
        may {
            firstname: String,
            lastname: String,
            email: String,
            /// Full name in small letters, e.g. `english`.
            language: String,
        }
    }

    /// Names of all permissions. <https://developers.whmcs.com/api-reference/getpermissionslist/>
    GetPermissionsList: Read, Quick => Permissions {}

    /// What a user may do on a client. <https://developers.whmcs.com/api-reference/getuserpermissions/>
    GetUserPermissions: Read, Quick => UserPermissions {
        needs {
            user_id: u64,
            client_id: u64,
        }
    }

    /// Sets what a user may do on a client. <https://developers.whmcs.com/api-reference/updateuserpermissions/>
    UpdateUserPermissions: Idempotent, Quick => Done {
        needs {
            user_id: u64,
            client_id: u64,
            permissions: Csv<String>,
        }
    }

    /// Mails somebody an invitation to a client. <https://developers.whmcs.com/api-reference/createclientinvite/>
    CreateClientInvite: Once, Quick => Done {
        needs {
            client_id: u64,
            email: String,
            permissions: Csv<String>,
        }
    }

    /// Takes a user off a client. <https://developers.whmcs.com/api-reference/deleteuserclient/>
    DeleteUserClient: Destructive, Quick => Done {
        needs {
            user_id: u64,
            client_id: u64,
        }
    }

    /// Mails a user the way to a new password. <https://developers.whmcs.com/api-reference/resetpassword/>
    ResetPassword: Once, Quick => Done {
        may {
            /// The user; or `email`.
            id: u64,
            email: String,
        }
    }
}

paged! {
    GetUsers: users of UserRow, by id;
}
