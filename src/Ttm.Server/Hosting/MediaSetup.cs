using System.Net.Sockets;
using Ttm.Net;
using Ttm.Recorder.Recordings;
using Ttm.Recorder.Storage;
using Ttm.Server.Configuration;
using Ttm.Server.Disk;
using Ttm.Server.Events;
using Ttm.Server.Lessons;
using Ttm.Server.Messages;
using Ttm.Server.Operations;
using Ttm.Server.Recordings;
using Ttm.Server.Turn;
using Ttm.Sfu.Lessons;
using Ttm.Sfu.Media;

namespace Ttm.Server.Hosting;

/// <summary>Puts the recorder and the lessons behind the API, and introduces them to each other.</summary>
internal static class MediaSetup
{
    public static void AddRecorder(this IServiceCollection services, RecordingOptions recording, StorageOptions storage)
    {
        services.AddSingleton(recording).AddSingleton(storage);
        services.AddSingleton(CreateRecorder);
        services.AddSingleton<RecorderRecordings>();
        services.AddSingleton<IRecordings>(provider => provider.GetRequiredService<RecorderRecordings>());
        services.AddSingleton<IStretchRecorder>(provider => provider.GetRequiredService<RecorderRecordings>());
        services.AddSingleton<RecorderHost>();
        services.AddSingleton<IReadinessCheck>(provider => provider.GetRequiredService<RecorderHost>());
        services.AddSingleton<LessonEnds>();
        services.AddSingleton<IEventConsumer>(provider => provider.GetRequiredService<LessonEnds>());
        services.AddHostedService(provider => provider.GetRequiredService<RecorderHost>());
    }

    public static void AddLessons(this IServiceCollection services, MediaOptions media, RecordingOptions recording)
    {
        services.AddSingleton(media);
        services.AddSingleton<DiskQueue>();
        services.AddSingleton<ILessonStore>(provider => ActivatorUtilities.CreateInstance<LessonFiles>(provider, recording.Spool));
        services.AddSingleton(provider => new MessageFiles(recording.Spool, provider.GetRequiredService<DiskQueue>()));
        services.AddSingleton(provider => new MessageBook(recording.Enabled ? provider.GetRequiredService<MessageFiles>() : null));
        services.AddSingleton(OpenPort);
        services.AddSingleton(provider => provider.GetRequiredService<MediaPort>().Clock);
        services.AddSingleton<MediaMetrics>();
        services.AddSingleton<TrialConnections>();
        services.AddSingleton<ILessons>(OpenLessons);
        services.AddSingleton<IReadinessCheck, LessonCapacity>();
        services.AddHostedService<LessonHost>();
        services.AddSingleton<ForwardLatency>();
        services.AddHostedService<LoopWatch>();
    }

    private static LessonDirectory OpenLessons(IServiceProvider provider)
    {
        // Nobody asks for them, so they are made here.
        _ = provider.GetRequiredService<MediaMetrics>();
        _ = provider.GetRequiredService<NodeMetrics>();
        _ = provider.GetRequiredService<TurnTelemetry>();

        // Without recording nothing touches the disk, and lessons end with the process.
        var store = provider.GetRequiredService<RecordingOptions>().Enabled ? provider.GetRequiredService<ILessonStore>() : null;
        return new LessonDirectory(
            provider.GetRequiredService<MediaPort>(),
            provider.GetRequiredService<IStretchRecorder>(),
            provider.GetRequiredService<ILessonEventSink>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<LessonDirectory>>(),
            store);
    }

    private static MediaPort OpenPort(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<MediaOptions>();
        try
        {
            return new MediaPort(options, provider.GetRequiredService<TimeProvider>(), SystemRandomness.Instance, provider.GetRequiredService<ILogger<MediaPort>>());
        }
        catch (SocketException exception)
        {
            throw StartException.Setting("Media:Port", $"{options.Port}", $"the UDP port cannot be opened ({exception.Message}); stop who has it, or choose another");
        }
    }

    private static RecorderService CreateRecorder(IServiceProvider provider)
    {
        var storage = provider.GetRequiredService<StorageOptions>();
        var clock = provider.GetRequiredService<MediaClock>();
        var time = provider.GetRequiredService<TimeProvider>();
        var loggers = provider.GetRequiredService<ILoggerFactory>();
        var recording = provider.GetRequiredService<RecordingOptions>();
        _ = ObjectKeyTemplate.TryParse(storage.KeyTemplate, out var keys, out _);
        return new RecorderService(
            recording,
            keys!,
            CreateStore(storage, recording, time, loggers),
            SystemRandomness.Instance,
            new RecorderClock(time, () => clock.Now, clock.ToWallTime),
            loggers,
            settles: true);
    }

    private static IObjectStore CreateStore(StorageOptions storage, RecordingOptions recording, TimeProvider time, ILoggerFactory loggers)
    {
        try
        {
            return ObjectStoreFactory.Create(storage, time, loggers, readOnly: !recording.Enabled);
        }
        catch (ObjectStoreException exception)
        {
            throw new StartException(exception.Message);
        }
    }
}
