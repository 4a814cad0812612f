using System.Text.Json;
using Ttm.Server.Api;
using Ttm.Server.Disk;

namespace Ttm.Server.Messages;

/// <summary>The messages in the spool: <c>messages/{lesson}.jsonl</c>, a line each, appended.</summary>
internal sealed class MessageFiles(string spool, DiskQueue disk)
{
    private const string Suffix = ".jsonl";
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    private readonly string _directory = Path.Combine(Path.GetFullPath(spool), "messages");

    /// <summary>Ends when the message is on disk, or the disk takes long.</summary>
    public async Task AppendAsync(Message message)
    {
        var written = disk.AppendAsync(PathOf(message.Lesson), () =>
        {
            OwnFile.CreateDirectory(_directory);
            OwnFile.AppendLine(PathOf(message.Lesson), JsonSerializer.SerializeToUtf8Bytes(message, ApiJson.Options));
        });
        await Task.WhenAny(written, Task.Delay(Patience));
    }

    /// <summary>Oldest first; a line that a crash has torn is left out, and the second of one that was written twice.</summary>
    public IReadOnlyList<Message> Read(string lesson)
    {
        try
        {
            return [.. File.ReadLines(PathOf(lesson)).Select(Parse).OfType<Message>().DistinctBy(message => message.Id)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>At start: keeps those that were written to last.</summary>
    public void Trim(int kept)
    {
        if (!Directory.Exists(_directory))
            return;
        foreach (var old in new DirectoryInfo(_directory).EnumerateFiles("*" + Suffix).OrderByDescending(file => file.LastWriteTimeUtc).Skip(kept))
            OwnFile.TryDelete(old.FullName);
    }

    private string PathOf(string lesson) => Path.Combine(_directory, lesson + Suffix);

    private static Message? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<Message>(line, ApiJson.Options) is { Id: not null, Text: not null, From: not null } message ? message : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
