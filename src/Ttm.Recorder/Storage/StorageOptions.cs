namespace Ttm.Recorder.Storage;

/// <summary>The configuration section <c>Storage</c>.</summary>
public sealed record StorageOptions
{
    /// <summary><c>FileSystem</c> or <c>S3</c>.</summary>
    public string Provider { get; init; } = "FileSystem";

    /// <summary>How the key of a recording is made: see <see cref="ObjectKeyTemplate"/>.</summary>
    public string KeyTemplate { get; init; } = ObjectKeyTemplate.Default;

    public FileSystemStorageOptions FileSystem { get; init; } = new();

    public S3StorageOptions S3 { get; init; } = new();

    internal bool IsS3 => Provider.Equals("S3", StringComparison.OrdinalIgnoreCase);

    /// <summary>What is wrong, each a sentence that begins with the key to mend; empty when all is well.</summary>
    public IEnumerable<string> Problems()
    {
        if (!ObjectKeyTemplate.TryParse(KeyTemplate, out _, out var problem))
            yield return $"Storage:KeyTemplate {problem}.";

        if (IsS3)
        {
            foreach (var sentence in S3.Problems())
                yield return sentence;
        }
        else if (!Provider.Equals("FileSystem", StringComparison.OrdinalIgnoreCase))
        {
            yield return $"Storage:Provider must be FileSystem or S3, not '{Provider}'.";
        }
        else if (string.IsNullOrWhiteSpace(FileSystem.Root))
        {
            yield return "Storage:FileSystem:Root must name the directory that recordings are stored in.";
        }
    }
}

/// <summary>The configuration section <c>Storage:FileSystem</c>.</summary>
public sealed record FileSystemStorageOptions
{
    /// <summary>The directory that keys are relative to; made when it is not there.</summary>
    public string Root { get; init; } = "data/recordings";
}
