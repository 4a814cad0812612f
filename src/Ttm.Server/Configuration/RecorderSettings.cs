using Ttm.Recorder.Recordings;
using Ttm.Recorder.Storage;

namespace Ttm.Server.Configuration;

/// <summary>Reads the recorder's options; what it finds wrong with them keeps the server from starting.</summary>
internal static class RecorderSettings
{
    public static StorageOptions ReadStorage(Settings settings)
    {
        var options = Checked(settings.Bind<StorageOptions>("Storage"), options => options.Problems());

        // Whoever names a bucket and stores into a directory has forgotten one of the two.
        return settings.TextOrNull("Storage:Provider") is null && options.S3.Bucket.Length > 0
            ? throw StartException.Setting("Storage:S3:Bucket", options.S3.Bucket, "it is used only with Storage:Provider=S3; set that, too, or Storage:Provider=FileSystem")
            : options;
    }

    public static RecordingOptions ReadRecording(Settings settings) => Checked(settings.Bind<RecordingOptions>("Recording"), options => options.Problems());

    /// <summary>The spool's files are no stored objects, and the other way round.</summary>
    public static void CheckPlaces(RecordingOptions recording, StorageOptions storage)
    {
        if (!recording.Enabled || !storage.Provider.Equals("FileSystem", StringComparison.OrdinalIgnoreCase))
            return;
        if (Directory(recording.Spool) == Directory(storage.FileSystem.Root))
            throw new StartException($"Recording:Spool and Storage:FileSystem:Root are both {Directory(recording.Spool)}: give each a directory of its own.");

        static string Directory(string path) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
    }

    private static T Checked<T>(T options, Func<T, IEnumerable<string>> problems) =>
        problems(options).FirstOrDefault() is { } problem ? throw new StartException(problem) : options;
}
