using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Ttm.Recorder.Recordings;
using Ttm.Sfu.Lessons;

namespace Ttm.Server.Operations;

/// <summary>
/// OpenTelemetry: metrics for Prometheus at <c>/metrics</c>, and with <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> in the environment metrics and traces to a collector; the
/// exporter's other standard variables hold as well.
/// </summary>
internal static class Telemetry
{
    private const string ServiceName = "ttm-server";
    private static readonly string[] Endpoints = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"];

    /// <summary>What makes traces, besides HTTP: switches, uploads, webhooks.</summary>
    private static readonly string[] Sources = [LessonTelemetry.Name, RecorderTelemetry.Name, Webhooks.WebhookTelemetry.Name];

    public static void AddTelemetry(this IServiceCollection services)
    {
        var exports = Endpoints.Any(name => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name)));
        var telemetry = services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(ServiceName, serviceVersion: ServerStart.Version))
            .WithMetrics(metrics =>
            {
                metrics.AddMeter("Ttm.*").AddAspNetCoreInstrumentation().AddRuntimeInstrumentation().AddPrometheusExporter();
                if (exports)
                    metrics.AddOtlpExporter();
            });
        if (exports)
            telemetry.WithTracing(traces => traces.AddSource(Sources).AddAspNetCoreInstrumentation(Describe).AddOtlpExporter());
    }

    // The path may hold a session's name, with which it could be closed; the route tells as much.
    private static void Describe(OpenTelemetry.Instrumentation.AspNetCore.AspNetCoreTraceInstrumentationOptions options)
    {
        options.Filter = context => context.Request.Path.Value is not ("/healthz" or "/readyz" or "/metrics");
        options.EnrichWithHttpResponse = (activity, response) =>
        {
            var route = (response.HttpContext.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText;
            activity.SetTag("url.path", route ?? "(no route)");
            if (response.HttpContext.GetRouteValue("lesson") is string lesson)
                activity.SetTag("lesson", lesson);
        };
    }
}
