using System.Text.Json;
using Ttm.Server.Api;
using Ttm.Server.Disk;
using Ttm.Sfu.Lessons;

namespace Ttm.Server.Lessons;

/// <summary>The lessons in the spool: <c>lessons/{lesson}.json</c>, each replaced whole at a change.</summary>
internal sealed partial class LessonFiles(string spool, DiskQueue disk, ILogger<LessonFiles> logger) : ILessonStore
{
    private const string Suffix = ".json";

    private readonly string _directory = Path.Combine(Path.GetFullPath(spool), "lessons");

    public IReadOnlyList<StoredLesson> Load()
    {
        if (!Directory.Exists(_directory))
            return [];
        foreach (var draft in Directory.EnumerateFiles(_directory, "*.new"))
            OwnFile.TryDelete(draft);
        return [.. Directory.EnumerateFiles(_directory, "*" + Suffix).Select(Read).OfType<StoredLesson>().OrderBy(lesson => lesson.StartedAt)];
    }

    public Task SaveAsync(StoredLesson lesson) => disk.ReplaceAsync(PathOf(lesson.Id), () =>
    {
        OwnFile.CreateDirectory(_directory);
        OwnFile.Replace(PathOf(lesson.Id), JsonSerializer.SerializeToUtf8Bytes(lesson, ApiJson.Options));
    });

    public Task RemoveAsync(string lesson) => disk.ReplaceAsync(PathOf(lesson), () => File.Delete(PathOf(lesson)));

    private string PathOf(string lesson) => Path.Combine(_directory, lesson + Suffix);

    private StoredLesson? Read(string path)
    {
        try
        {
            var lesson = JsonSerializer.Deserialize<StoredLesson>(File.ReadAllBytes(path), ApiJson.Options);
            if (lesson is { Students: not null, Metadata: not null } && Ids.IsValid(lesson.Id))
                return lesson;
            LogUnreadable(logger, path, "it lacks a field");
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
        {
            LogUnreadable(logger, path, exception.Message);
        }

        return null;
    }

    [LoggerMessage(42, LogLevel.Error, "The lesson in {Path} cannot be read and does not come back: {Reason}")]
    private static partial void LogUnreadable(ILogger logger, string path, string reason);
}
