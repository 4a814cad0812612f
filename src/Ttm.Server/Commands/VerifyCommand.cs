using System.CommandLine;
using Microsoft.Extensions.Logging.Abstractions;
using Ttm.Recorder.Recordings;
using Ttm.Recorder.Storage;
using Ttm.Server.Configuration;
using Ttm.Server.Hosting;

namespace Ttm.Server.Commands;

/// <summary><c>ttm-server verify</c>: checks what the object store holds against its manifests. Changes nothing, and may run beside the server.</summary>
internal static class VerifyCommand
{
    /// <summary>Something is wrong, or the store cannot be read.</summary>
    public const int Wrong = 1;

    public static Command Create()
    {
        var prefix = new Argument<string>("prefix")
        {
            Description = "what the keys begin with, for example lessons/2030-01-07/algebra-7/ for a lesson or lessons/ for everything",
        };
        prefix.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var given }] && given.StartsWith('-'))
                result.AddError($"'{given}' is no prefix of keys: give that first, such as lessons/, and settings after it.");
        });
        var command = new Command(
            "verify",
            "Check stored lessons against their manifests: objects, sizes, checksums, frames, durations, that recordings follow one another without gap or overlap, and the whole lessons. "
            + "Storage is configured as for the server. Exit code 0 where all is well, 1 where not.")
        {
            prefix,
        };
        command.SetAction((parsed, cancellation) =>
            RunAsync(parsed.GetRequiredValue(prefix), CommandLine.SettingsOf(parsed), parsed.InvocationConfiguration.Output, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(string prefix, string[] settings, TextWriter output, CancellationToken cancellation)
    {
        var configuration = ServerHost.CreateBuilder(settings).Configuration;
        UnknownSettings.Check(configuration, ServerSettings.Known);
        var storage = RecorderSettings.ReadStorage(new Settings(configuration));
        try
        {
            var store = ObjectStoreFactory.Create(storage, TimeProvider.System, NullLoggerFactory.Instance, readOnly: true);
            using var disposable = store as IDisposable;
            var report = await new LessonVerifier(store).VerifyAsync(prefix, cancellation);
            foreach (var problem in report.Problems)
                await output.WriteLineAsync(problem);
            await output.WriteLineAsync(
                $"{Count(report.Manifests, "manifest")}, {Count(report.Recordings, "recording")}, {(report.Problems.Count == 0 ? "all is well" : Count(report.Problems.Count, "problem"))}.");
            return report.Problems.Count == 0 ? 0 : Wrong;
        }
        catch (ObjectStoreException exception)
        {
            throw new StartException(exception.Message);
        }
    }

    private static string Count(int count, string noun) => $"{count} {noun}{(count == 1 ? "" : "s")}";
}
