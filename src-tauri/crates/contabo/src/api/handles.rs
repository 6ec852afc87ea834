//! Domain handles: the people and organisations behind domains.

use jiff::Timestamp;

use crate::lenient::Stamp;
use crate::reply::Done;

open_enum! {
    /// Kind of handle.
    HandleType {
        Person = "person",
        Organization = "organization",
    }
}

open_enum! {
    /// Gender as registries ask for it.
    Gender {
        Male = "male",
        Female = "female",
        NotAnswered = "na",
    }
}

object! {
    /// When and where somebody was born.
    BirthInfo
    rest {
        /// When.
        date: Option<Stamp>,
        /// City.
        city: String,
        /// Postal code.
        zip_code: String,
        /// Country.
        country: String,
    }
}

object! {
    /// An address.
    HandleAddress
    rest {
        /// Street.
        street: String,
        /// House number.
        street_number: String,
        /// City.
        city: String,
        /// Country.
        country: String,
        /// Postal code.
        zip_code: String,
        /// French company number.
        siret: String,
        /// State or province.
        region: String,
    }
}

object! {
    /// A phone number.
    HandlePhone
    rest {
        /// Country code.
        prefix: String,
        /// Number.
        number: String,
    }
}

object! {
    /// A handle.
    Handle
    key {
        /// Handle id.
        handle_id: String,
    }
    rest {
        /// Tenant.
        tenant_id: String,
        /// Customer number.
        customer_id: String,
        /// Kind.
        handle_type: HandleType,
        /// Whether orders use it by themselves.
        is_default: bool,
        /// First name.
        first_name: String,
        /// Last name.
        last_name: String,
        /// Organisation.
        organization: String,
        /// E-mail address.
        email: String,
        /// Gender.
        gender: Gender,
        /// Birth.
        birth_info: Option<BirthInfo>,
        /// Address.
        address: Option<HandleAddress>,
        /// Phone.
        phone: Option<HandlePhone>,
        /// Fax.
        fax: Option<HandlePhone>,
    }
}

request_object! {
    /// When and where somebody was born.
    BirthInput
    optional {
        /// When.
        date: Timestamp,
        /// City.
        city: String,
        /// Postal code.
        zip_code: String,
        /// Country.
        country: String,
    }
}

request_object! {
    /// An address.
    AddressInput
    require {
        /// Street.
        street: String,
        /// House number.
        street_number: String,
        /// City.
        city: String,
        /// Country.
        country: String,
        /// Postal code.
        zip_code: String,
    }
    optional {
        /// French company number.
        siret: String,
        /// State or province.
        region: String,
    }
}

request_object! {
    /// A phone number.
    PhoneInput
    require {
        /// Country code, up to 5 characters.
        prefix: String,
        /// Number.
        number: String,
    }
}

listing! {
    /// Lists the handles.
    ListHandles = "listHandles", "/v1/domains/handles", Handles -> Handle;
    query {
        /// Part of the name.
        name: String,
        /// With the provider's public handles.
        show_defaults: bool,
        /// Searches id, organisation and name.
        search: String,
        /// Country codes, separated by commas.
        countries: String,
        /// Kind.
        handle_type: String,
        /// First name.
        first_name: String,
        /// Last name.
        last_name: String,
    }
}

operation! {
    /// Creates a handle.
    CreateHandle = "createHandle", POST "/v1/domains/handles", Handles, Once, External -> Handle;
    require {
        /// Kind.
        handle_type: HandleType,
        /// First name.
        first_name: String,
        /// Last name.
        last_name: String,
        /// E-mail address.
        email: String,
        /// Gender.
        gender: Gender,
        /// Address.
        address: AddressInput,
        /// Phone.
        phone: PhoneInput,
    }
    body {
        /// Organisation.
        organization: String,
        /// Birth.
        birth_info: BirthInput,
        /// Fax.
        fax: PhoneInput,
    }
}

operation! {
    /// One handle.
    RetrieveHandle = "retrieveHandle", GET "/v1/domains/handles/{handleId}", Handles, Read, Quick -> Handle;
    path {
        /// Handle id.
        handle_id: String,
    }
}

operation! {
    /// Changes a handle's contact data; its names stay.
    UpdateHandle = "updateHandle", PUT "/v1/domains/handles/{handleId}", Handles, Idempotent, External -> Handle;
    path {
        /// Handle id.
        handle_id: String,
    }
    require {
        /// E-mail address.
        email: String,
        /// Gender.
        gender: Gender,
        /// Address.
        address: AddressInput,
        /// Phone.
        phone: PhoneInput,
    }
    body {
        /// Birth.
        birth_info: BirthInput,
        /// Fax.
        fax: PhoneInput,
    }
}

operation! {
    /// Deletes a handle.
    RemoveHandle = "removeHandle", DELETE "/v1/domains/handles/{handleId}", Handles, Destructive, External -> Done;
    path {
        /// Handle id.
        handle_id: String,
    }
}

operation! {
    /// Makes a handle the one that orders use by themselves.
    SetDefaultHandle = "setDefaultHandle", PATCH "/v1/domains/handles/{handleId}/default", Handles, Idempotent, Quick
        -> Handle;
    path {
        /// Handle id.
        handle_id: String,
    }
}
