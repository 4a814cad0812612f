using Ttm.Net;
using Ttm.Recorder.Recordings;
using Ttm.Recorder.Storage;
using Ttm.Server.Configuration;
using Ttm.Server.Operations;
using Ttm.Server.Recordings;
using Ttm.Sfu.Lessons;

namespace Ttm.Server.Hosting;

/// <summary>Puts the recorder and the lessons behind the API, and introduces them to each other.</summary>
internal static class MediaSetup
{
    public static void AddRecorder(this IServiceCollection services, RecordingOptions recording, StorageOptions storage)
    {
        services.AddSingleton(recording).AddSingleton(storage);
        services.AddSingleton(provider => new MediaClock(provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(CreateRecorder);
        services.AddSingleton<RecorderRecordings>();
        services.AddSingleton<IRecordings>(provider => provider.GetRequiredService<RecorderRecordings>());
        services.AddSingleton<IStretchRecorder>(provider => provider.GetRequiredService<RecorderRecordings>());
        services.AddSingleton<RecorderHost>();
        services.AddSingleton<IReadinessCheck>(provider => provider.GetRequiredService<RecorderHost>());
        services.AddHostedService(provider => provider.GetRequiredService<RecorderHost>());
    }

    public static void AddLessons(this IServiceCollection services) =>
        services.AddSingleton<ILessons>(_ => throw new NotSupportedException("No media plane in this build."));

    private static RecorderService CreateRecorder(IServiceProvider provider)
    {
        var storage = provider.GetRequiredService<StorageOptions>();
        var clock = provider.GetRequiredService<MediaClock>();
        var time = provider.GetRequiredService<TimeProvider>();
        var loggers = provider.GetRequiredService<ILoggerFactory>();
        _ = ObjectKeyTemplate.TryParse(storage.KeyTemplate, out var keys, out _);
        return new RecorderService(
            provider.GetRequiredService<RecordingOptions>(),
            keys!,
            CreateStore(storage, time, loggers),
            SystemRandomness.Instance,
            new RecorderClock(time, () => clock.Now, clock.ToWallTime),
            loggers);
    }

    private static IObjectStore CreateStore(StorageOptions storage, TimeProvider time, ILoggerFactory loggers)
    {
        try
        {
            return ObjectStoreFactory.Create(storage, time, loggers);
        }
        catch (ObjectStoreException exception)
        {
            throw new StartException(exception.Message);
        }
    }
}
