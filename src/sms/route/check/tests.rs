use crate::sms::samples::settings;

const PROVIDERS: &str = "providers = [\"a\"]\n[provider.a]\nkind = \"console\"\n[provider.b]\nkind = \"console\"\n";

/// Keys of the problems with these routes, which are `(name, lines)` in the order they are asked.
fn keys(routes: &[(&str, &str)]) -> Vec<String> {
    let names: Vec<_> = routes.iter().map(|(name, _)| name).collect();
    let tables: Vec<_> = routes.iter().map(|(name, lines)| format!("[route.{name}]\n{lines}\n")).collect();
    let more = format!("routes = {names:?}\n{PROVIDERS}{}", tables.concat());
    settings(&more).check().into_iter().map(|(key, _)| key).collect()
}

const TO_B: &str = "providers = [\"b\"]\n";

#[test]
fn a_route_by_country_by_prefix_or_by_unit_is_right() {
    for condition in ["country = [\"HK\", \"MO\"]", "prefix = [\"+86170\"]", "unit = [\"税务局\"]"] {
        assert_eq!(keys(&[("x", &format!("{TO_B}{condition}"))]), Vec::<String>::new(), "{condition}");
    }
    let both = format!("{TO_B}country = [\"US\"]\nprefix = [\"+1202\"]\nunit = [\"x\"]");
    assert_eq!(keys(&[("x", &both)]), Vec::<String>::new());
}

#[test]
fn a_route_needs_a_condition_and_providers_that_exist_once() {
    assert_eq!(keys(&[("x", TO_B)]), ["route.x.country"]);
    let to = |providers: &str| keys(&[("x", &format!("providers = {providers}\ncountry = [\"HK\"]"))]);
    assert_eq!(to("[]"), ["route.x.providers", "provider.b"]);
    assert_eq!(to("[\"b\", \"c\"]"), ["route.x.providers"]);
    assert_eq!(to("[\"b\", \"b\"]"), ["route.x.providers"]);
}

/// A provider that only a route in use names is used; a table that nobody names is not.
#[test]
fn tables_that_nothing_leads_to_are_named() {
    assert_eq!(keys(&[]), ["provider.b"]);
    let more = format!("{PROVIDERS}[route.x]\n{TO_B}country = [\"HK\"]");
    let unused: Vec<_> = settings(&more).check().into_iter().map(|(key, _)| key).collect();
    assert_eq!(unused, ["route.x", "provider.b"]);
    let more = format!("routes = [\"gone\"]\n{PROVIDERS}");
    let missing: Vec<_> = settings(&more).check().into_iter().map(|(key, _)| key).collect();
    assert_eq!(missing, ["routes", "provider.b"]);
}

#[test]
fn a_route_that_can_never_match_is_named() {
    let one = |condition: &str| keys(&[("x", &format!("{TO_B}{condition}"))]);
    assert_eq!(one("country = [\"HK\"]\nprefix = [\"+86170\"]"), ["route.x.prefix"]);
    assert_eq!(one("prefix = [\"86170\"]"), ["route.x.prefix"]);
    assert_eq!(one("unit = [\" \"]"), ["route.x.unit"]);
    let two = |first: &str, second: &str| keys(&[("x", &format!("{TO_B}{first}")), ("y", &format!("{TO_B}{second}"))]);
    let never = ["route.y"];
    assert_eq!(two("prefix = [\"+86\"]", "prefix = [\"+86170\", \"+86171\"]"), never);
    assert_eq!(two("country = [\"HK\", \"MO\"]", "country = [\"MO\"]\nunit = [\"x\"]"), never);
    assert_eq!(two("unit = [\"x\", \"y\"]", "unit = [\"y\"]"), never);
    for (first, second) in [
        ("prefix = [\"+86170\"]", "prefix = [\"+86\"]"),
        ("unit = [\"x\"]", "country = [\"HK\"]"),
        ("country = [\"HK\"]\nunit = [\"x\"]", "country = [\"HK\"]"),
        ("country = [\"HK\"]", "country = [\"HK\", \"MO\"]"),
    ] {
        assert_eq!(two(first, second), Vec::<String>::new(), "{first} {second}");
    }
}

#[test]
fn a_route_to_where_nothing_may_be_sent_is_named() {
    let of = |condition: &str| {
        let more = format!("routes = [\"x\"]\n{PROVIDERS}[route.x]\n{TO_B}{condition}");
        settings(&more).check_route_countries(&["+86".to_owned(), "+852".to_owned()]).len()
    };
    assert_eq!((of("country = [\"US\"]"), of("prefix = [\"+1202\"]")), (1, 1));
    assert_eq!((of("country = [\"US\", \"HK\"]"), of("prefix = [\"+86170\"]"), of("unit = [\"x\"]")), (0, 0, 0));
}

#[test]
fn a_country_is_two_letters() {
    let read = |text: &str| toml::from_str::<crate::sms::RouteSettings>(text).unwrap_err().to_string();
    assert!(read("providers = []\ncountry = [\"+86\"]").contains("is not a country"));
    assert!(read("providers = []\ncountries = []").contains("unknown field `countries`"));
}
