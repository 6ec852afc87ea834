//! What an action is: one struct per action, declared with [`actions!`] in the file of its area.

use rackdesk_wire::{Effect, TimeoutClass};
use serde::Serialize;

use crate::form::Form;
use crate::given::{Given, ParamError};
use crate::lenient::{Extra, Lenient, Record};
use crate::param::ParamInfo;

/// The areas of the documentation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub enum Area {
    /// Client add-ons.
    Addons,
    /// Affiliates.
    Affiliates,
    /// Sign-on and OAuth credentials.
    Authentication,
    /// Invoices, quotes, transactions, credit, payment methods.
    Billing,
    /// Clients, contacts and what they own.
    Client,
    /// Domains at registrars, TLD prices.
    Domains,
    /// Modules and their queue.
    Module,
    /// Orders, products, promotions.
    Orders,
    /// The product catalogue's write side.
    Products,
    /// The Project Management addon.
    ProjectManagement,
    /// Provisioning servers and health.
    Servers,
    /// Services and their modules.
    Service,
    /// Writing on tickets, announcements, cancellation requests.
    Support,
    /// Settings, logs, statistics, mails, staff.
    System,
    /// Reading tickets.
    Tickets,
    /// Login users.
    Users,
}

/// An action of the WHMCS API.
pub trait Action: Sized + Send + Sync + 'static {
    /// Name as WHMCS spells it.
    const NAME: &'static str;
    /// Area of the documentation.
    const AREA: Area;
    /// What a call does.
    const EFFECT: Effect;
    /// How long it may take.
    const TIMEOUT: TimeoutClass;
    /// Its parameters.
    const PARAMETERS: &'static [ParamInfo];
    /// Fields hidden in records and errors.
    const SECRET_FIELDS: &'static [&'static str] = crate::secret::SECRET_FIELDS;
    /// The list a bare JSON list at the root belongs to.
    const ROOT_LIST: Option<&'static str> = None;
    /// The typed answer.
    type Response: Reply;

    /// Writes the parameters. Credentials and the action's name are not among them.
    fn fields(&self, form: &mut Form);

    /// Reads the parameters from what a person typed; takes out what it knows.
    ///
    /// # Errors
    /// Missing parameters and values that do not fit.
    fn from_given(given: &mut Given) -> Result<Self, ParamError>;

    /// Tidies an answer whose parts may be in more than one place.
    fn settle(response: &mut Self::Response) {
        let _ = response;
    }
}

/// A typed answer.
pub trait Reply: Lenient + Serialize + Send + 'static {
    /// Members at the top that are not part of it, the verdict among them.
    fn loose(&mut self) -> &mut Extra;
}

impl<T: Record + Lenient + Serialize + Send + 'static> Reply for T {
    fn loose(&mut self) -> &mut Extra {
        self.extra_mut()
    }
}

/// Declares the actions of an area, and `ALL` of them for the registry.
///
/// ```ignore
/// actions! {
///     Client;
///     /// What it does. <https://developers.whmcs.com/api-reference/getthing/>
///     GetThing: Read, Quick => Thing {
///         needs { thingid: u64, }
///         may {
///             /// What it means, when the name does not say it.
///             kind as "type": String,
///         }
///     }
/// }
/// ```
///
/// Effects are those of [`Effect`], time-outs those of [`TimeoutClass`]. What is under `needs` becomes a plain field
/// and an argument of `new`; what is under `may` becomes an `Option`.
macro_rules! actions {
    (
        $area:ident;
        $(
            $(#[doc = $about:literal])+
            $name:ident: $effect:ident, $timeout:ident $(, secret $secrets:ident)? $(, root $root:literal)?
                => $response:ident { $($body:tt)* } $(settle $settle:path;)?
        )*
    ) => {
        $(
            $crate::action::actions!(@one
                [$area, $effect, $timeout, $response] $name
                [$(#[doc = $about])+]
                [
                    $(const SECRET_FIELDS: &'static [&'static str] = $crate::secret::$secrets;)?
                    $(const ROOT_LIST: Option<&'static str> = Some($root);)?
                    $(fn settle(response: &mut Self::Response) { $settle(response) })?
                ]
                $($body)*
            );
        )*

        /// Every action of this area.
        pub(crate) fn all() -> Vec<$crate::registry::ActionInfo> {
            vec![$($crate::registry::ActionInfo::of::<$name>()),*]
        }
    };
    (@one $facts:tt $name:ident $docs:tt $more:tt may { $($may:tt)* }) => {
        $crate::action::actions!(@build $facts $name $docs $more [#[derive(Default)]] { } { $($may)* });
    };
    (@one $facts:tt $name:ident $docs:tt $more:tt needs { $($needs:tt)* } may { $($may:tt)* }) => {
        $crate::action::actions!(@build $facts $name $docs $more [] { $($needs)* } { $($may)* });
    };
    (@one $facts:tt $name:ident $docs:tt $more:tt needs { $($needs:tt)* }) => {
        $crate::action::actions!(@build $facts $name $docs $more [] { $($needs)* } { });
    };
    (@one $facts:tt $name:ident $docs:tt $more:tt) => {
        $crate::action::actions!(@build $facts $name $docs $more [#[derive(Default)]] { } { });
    };
    (
        @build [$area:ident, $effect:ident, $timeout:ident, $response:ident] $name:ident
        [$($docs:tt)*] [$($more:tt)*] [$($derive:tt)*]
        { $($(#[doc = $ndoc:literal])* $need:ident $(as $nwire:literal)? : $ntype:ty),* $(,)? }
        { $($(#[doc = $mdoc:literal])* $may:ident $(as $mwire:literal)? : $mtype:ty),* $(,)? }
    ) => {
        $($docs)*
        #[derive(Debug, Clone, PartialEq)]
        $($derive)*
        pub struct $name {
            $(
                #[doc = concat!("`", $crate::action::actions!(@wire $need $($nwire)?), "`, must be given.")]
                $(#[doc = $ndoc])*
                pub $need: $ntype,
            )*
            $(
                #[doc = concat!("`", $crate::action::actions!(@wire $may $($mwire)?), "`.")]
                $(#[doc = $mdoc])*
                pub $may: Option<$mtype>,
            )*
        }

        impl $name {
            /// With what must be given; everything else is left out.
            #[allow(clippy::new_without_default, clippy::too_many_arguments)]
            pub fn new($($need: $ntype),*) -> Self {
                Self { $($need,)* $($may: None,)* }
            }
        }

        impl $crate::action::Action for $name {
            const NAME: &'static str = stringify!($name);
            const AREA: $crate::action::Area = $crate::action::Area::$area;
            const EFFECT: rackdesk_wire::Effect = rackdesk_wire::Effect::$effect;
            const TIMEOUT: rackdesk_wire::TimeoutClass = rackdesk_wire::TimeoutClass::$timeout;
            const PARAMETERS: &'static [$crate::param::ParamInfo] = &[
                $($crate::param::ParamInfo {
                    name: $crate::action::actions!(@wire $need $($nwire)?),
                    names: <$ntype as $crate::param::Param>::NAMES,
                    kind: <$ntype as $crate::param::Param>::KIND,
                    required: true,
                    about: concat!($($ndoc),*),
                },)*
                $($crate::param::ParamInfo {
                    name: $crate::action::actions!(@wire $may $($mwire)?),
                    names: <$mtype as $crate::param::Param>::NAMES,
                    kind: <$mtype as $crate::param::Param>::KIND,
                    required: false,
                    about: concat!($($mdoc),*),
                },)*
            ];
            type Response = $response;
            $($more)*

            #[allow(unused_variables)]
            fn fields(&self, form: &mut $crate::form::Form) {
                $($crate::param::Param::put(&self.$need, $crate::action::actions!(@wire $need $($nwire)?), form);)*
                $(if let Some(value) = &self.$may {
                    $crate::param::Param::put(value, $crate::action::actions!(@wire $may $($mwire)?), form);
                })*
            }

            #[allow(unused_variables)]
            fn from_given(given: &mut $crate::given::Given) -> Result<Self, $crate::given::ParamError> {
                Ok(Self {
                    $($need: {
                        let name = $crate::action::actions!(@wire $need $($nwire)?);
                        <$ntype as $crate::param::Param>::find(name, given)?
                            .ok_or($crate::given::ParamError::Missing { action: stringify!($name), name })?
                    },)*
                    $($may: {
                        let name = $crate::action::actions!(@wire $may $($mwire)?);
                        <$mtype as $crate::param::Param>::find(name, given)?
                    },)*
                })
            }
        }
    };
    (@wire $field:ident) => { stringify!($field) };
    (@wire $field:ident $wire:literal) => { $wire };
}
pub(crate) use actions;
