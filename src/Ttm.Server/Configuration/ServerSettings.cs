using Ttm.Recorder.Recordings;
using Ttm.Recorder.Storage;
using Ttm.Server.Operations.Admission;
using Ttm.Server.Operations.Draining;
using Ttm.Server.Webhooks;
using Ttm.Sfu.Media;
using Ttm.Turn;

namespace Ttm.Server.Configuration;

/// <summary>All of the server's settings, read and checked. A new section is read here, and by that is known, printed, and asked for in docs/configuration.md.</summary>
internal sealed record ServerSettings(
    HttpOptions Http,
    AuthOptions Auth,
    MediaOptions Media,
    TurnOptions Turn,
    StorageOptions Storage,
    RecordingOptions Recording,
    WebhookOptions Webhooks,
    AdmissionOptions Admission,
    DrainOptions Drain)
{
    private static readonly Lazy<IReadOnlyList<KnownSetting>> LazyKnown = new(FindKnown);

    /// <summary>Every setting there is, with its default. Each is read whatever the others say, so an empty configuration asks for all of them.</summary>
    public static IReadOnlyList<KnownSetting> Known => LazyKnown.Value;

    /// <exception cref="StartException">A setting is unknown or wrong.</exception>
    public static ServerSettings Read(IConfigurationRoot configuration, bool isDevelopment)
    {
        UnknownSettings.Check(configuration, Known);
        return Read(new Settings(configuration), isDevelopment);
    }

    private static ServerSettings Read(Settings settings, bool isDevelopment)
    {
        var http = HttpOptions.Read(settings);
        var auth = AuthOptions.Read(settings, isDevelopment);
        var media = MediaSettings.Read(settings);
        var turn = TurnSettings.Read(settings);
        var storage = RecorderSettings.ReadStorage(settings);
        var recording = RecorderSettings.ReadRecording(settings);
        RecorderSettings.CheckPlaces(recording, storage);
        var webhooks = WebhookOptions.Read(settings, recording.Enabled ? recording.Spool : null);
        var admission = AdmissionSettings.Read(settings);
        var drain = DrainOptions.Read(settings, isDevelopment);
        return new(http, auth, media, turn, storage, recording, webhooks, admission, drain);
    }

    private static List<KnownSetting> FindKnown()
    {
        var settings = new Settings(new ConfigurationBuilder().Build());
        _ = Read(settings, isDevelopment: true);
        return [.. settings.Known.DistinctBy(setting => setting.Key).Where(setting => setting.Key.Contains(':') && !setting.Key.StartsWith("Kestrel", StringComparison.Ordinal))];
    }
}
