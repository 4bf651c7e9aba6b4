//! Request counters. Routes are patterns, so no label ever holds an id, an account or an address.

use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    route: String,
    method: &'static str,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RouteLabels {
    route: String,
}

/// Requests and their durations by route, and what was refused.
#[derive(Debug, Clone)]
pub struct HttpMetrics {
    form_errors: Family<[(&'static str, &'static str); 1], Counter>,
    requests: Family<RequestLabels, Counter>,
    durations: Family<RouteLabels, Histogram, fn() -> Histogram>,
}

fn buckets() -> Histogram {
    Histogram::new([0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0])
}

impl HttpMetrics {
    /// Registers the families.
    #[must_use]
    pub fn register(registry: &mut Registry) -> Self {
        let metrics = Self {
            form_errors: Family::default(),
            requests: Family::default(),
            durations: Family::new_with_constructor(buckets),
        };
        registry.register("form_errors", "Requests refused for what they are", metrics.form_errors.clone());
        registry.register("http_requests", "Requests answered", metrics.requests.clone());
        registry.register_with_unit(
            "http_request_duration",
            "Time from head to answer",
            prometheus_client::registry::Unit::Seconds,
            metrics.durations.clone(),
        );
        metrics
    }

    /// Counts one refusal by its stable code, never by anything that was typed.
    pub fn form_error(&self, code: &'static str) {
        self.form_errors.get_or_create(&[("code", code)]).inc();
    }

    /// Counts one answered request.
    pub fn record(&self, route: &str, method: &str, status: u16, took: Duration) {
        // Any text may stand where a method does; labels hold only known ones.
        let method =
            ["GET", "POST", "DELETE", "HEAD", "OPTIONS", "PUT", "PATCH"].into_iter().find(|known| *known == method);
        let labels = RequestLabels { route: route.to_owned(), method: method.unwrap_or("other"), status };
        self.requests.get_or_create(&labels).inc();
        self.durations.get_or_create(&RouteLabels { route: route.to_owned() }).observe(took.as_secs_f64());
    }
}
