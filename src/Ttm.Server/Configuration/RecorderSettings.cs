using Ttm.Recorder.Recordings;
using Ttm.Recorder.Storage;

namespace Ttm.Server.Configuration;

/// <summary>Reads the recorder's options; what it finds wrong with them keeps the server from starting.</summary>
internal static class RecorderSettings
{
    public static StorageOptions ReadStorage(Settings settings) => Checked(settings.Bind<StorageOptions>("Storage"), options => options.Problems());

    public static RecordingOptions ReadRecording(Settings settings) => Checked(settings.Bind<RecordingOptions>("Recording"), options => options.Problems());

    private static T Checked<T>(T options, Func<T, IEnumerable<string>> problems) =>
        problems(options).FirstOrDefault() is { } problem ? throw new StartException(problem) : options;
}
