using Ttm.Sfu.Lessons;

namespace Ttm.Server.Hosting;

/// <summary>Opens the media port at start, not at the first lesson, and ends the lessons before the recorder stops: their last recordings are finished.</summary>
internal sealed class LessonHost(ILessons lessons) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        foreach (var lesson in lessons.List().Where(lesson => lesson.State == LessonState.Live))
            await (lessons.Find(lesson.Id)?.EndAsync() ?? Task.CompletedTask);
    }
}
