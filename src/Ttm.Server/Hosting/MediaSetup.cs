using Ttm.Server.Recordings;
using Ttm.Sfu.Lessons;

namespace Ttm.Server.Hosting;

/// <summary>Puts the lessons and the recorder behind the API.</summary>
internal static class MediaSetup
{
    public static void AddMedia(this IServiceCollection services)
    {
        services.AddSingleton<ILessons>(_ => throw new NotSupportedException("No media plane in this build."));
        services.AddSingleton<IRecordings>(_ => throw new NotSupportedException("No recorder in this build."));
    }
}
