using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ttm.Server.Configuration;

namespace Ttm.Server.Commands.Init;

/// <summary>The two files of a configuration: settings that many may read, secrets that the owner alone may.</summary>
internal sealed class InitFiles(string directory)
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Everybody = Owner | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public string Directory { get; } = directory;

    public string Settings => Path.Combine(Directory, "ttm-media.json");

    public string Secrets => Path.Combine(Directory, "secrets.json");

    public string Certificate => Path.Combine(Directory, "tls", "certificate.pem");

    public string Key => Path.Combine(Directory, "tls", "key.pem");

    /// <exception cref="StartException">There is one, and it is not to be replaced.</exception>
    public void Check(bool mayReplace)
    {
        if (!mayReplace && Array.Find([Settings, Secrets], File.Exists) is { } there)
            throw new StartException($"{there} is there already, and nothing was changed: give --force to replace it with new keys, or --directory to write elsewhere.");
    }

    /// <exception cref="StartException">It cannot be written.</exception>
    public void Write(InitForm form)
    {
        try
        {
            System.IO.Directory.CreateDirectory(Directory);
            Write(Settings, $"// Written by \"ttm-server init\" for {form.Domain}. docs/configuration.md has every setting; secrets are in secrets.json.", form.ToSettings(Certificate, Key), Everybody);
            Write(Secrets, "// API keys, with which the application signs tokens, and other secrets: keep this file from everybody but the server.", InitForm.NewSecrets(), Owner);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"The configuration cannot be written: {exception.Message} Run this as root, or give --directory.");
        }
    }

    // Whole or not at all, and never readable by others, not even for a moment.
    private static void Write(string path, string comment, JsonObject content, UnixFileMode mode)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = mode;
        var coming = path + ".new";
        File.Delete(coming);
        using (var writer = new StreamWriter(coming, options))
        {
            writer.WriteLine(comment);
            writer.WriteLine(content.ToJsonString(Indented));
        }

        if (File.Exists(path))
            File.Move(path, path + ".former", overwrite: true);
        File.Move(coming, path);
    }
}
