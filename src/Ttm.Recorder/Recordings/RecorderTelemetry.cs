using System.Diagnostics;

namespace Ttm.Recorder.Recordings;

/// <summary>A span for each attempt to bring something to the object store.</summary>
public static class RecorderTelemetry
{
    public const string Name = "Ttm.Recorder";

    private static readonly ActivitySource Source = new(Name);

    /// <param name="name">Of what: a recording's id, or an object's key.</param>
    internal static async Task<T> TraceAsync<T>(string name, Func<Task<T>> upload)
    {
        using Activity? activity = Source.StartActivity("upload", ActivityKind.Client)?.SetTag("object", name);
        try
        {
            return await upload().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            activity?.SetStatus(ActivityStatusCode.Error, exception.Message);
            throw;
        }
    }
}
