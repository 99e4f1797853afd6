using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Gestalt.Studio.Hosting;

/// <summary>Sends traces and metrics where <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> says, in OpenTelemetry's protocol; its other variables (headers, protocol, intervals, resource) hold as everywhere.</summary>
internal sealed class Telemetry : IDisposable
{
    private const string Variable = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private readonly TracerProvider _traces;
    private readonly MeterProvider _metrics;

    private Telemetry()
    {
        ResourceBuilder resource = ResourceBuilder.CreateDefault().AddService("gestalt", serviceVersion: Api.Writing.Fingerprint.Version).AddEnvironmentVariableDetector();
        // ASP.NET Core tells of requests itself: the outer span of each trace.
        _traces = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource).AddSource(ServerMetrics.Name, "Microsoft.AspNetCore").AddOtlpExporter().Build();
        _metrics = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource).AddMeter(ServerMetrics.Name).AddOtlpExporter().Build();
    }

    /// <summary>Begins to send; null if nobody says where to.</summary>
    public static Telemetry? FromEnvironment() => string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Variable)) ? null : new Telemetry();

    /// <summary>Sends what is left.</summary>
    public void Dispose()
    {
        _traces.Dispose();
        _metrics.Dispose();
    }
}
