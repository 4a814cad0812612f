using System.CommandLine;
using Ttm.Rtc;
using Ttm.Server.Configuration;
using Ttm.Server.Hosting;
using Ttm.Server.PublicAddress;

namespace Ttm.Server.Commands.Doctor;

/// <summary><c>ttm-server doctor</c>: everything that a lesson needs, each on a line: ok, or what to mend. May run beside the server.</summary>
internal static class DoctorCommand
{
    private const string Nobody = "none";

    public static Command Create()
    {
        var stun = new Option<string>("--stun")
        {
            Description = "the STUN server, host:port, that is asked by which address this machine is seen; \"none\" asks nobody",
            DefaultValueFactory = _ => "stun.l.google.com:19302",
        };
        var command = new Command("doctor", "Check everything that a lesson needs; each line begins with ok or mend. The exit code is 1 where there is something to mend.") { stun };
        command.SetAction((parsed, cancellation) => RunAsync(
            CommandLine.SettingsOf(parsed), parsed.GetValue(stun) is { } server && server != Nobody ? server : null, parsed.InvocationConfiguration.Output, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(string[] args, string? stun, TextWriter output, CancellationToken cancellation)
    {
        var code = CommandLine.Fine;
        await foreach (var finding in ExamineAsync(args, stun, cancellation))
        {
            await output.WriteLineAsync(finding.ToString());
            if (!finding.IsFine)
                code = CommandLine.ToMend;
        }

        return code;
    }

    private static async IAsyncEnumerable<Finding> ExamineAsync(string[] args, string? stun, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        yield return NativeLibraries.Check(out var missing) ? Finding.Fine("native libraries", "OpenSSL 3, libopus and LAME load") : Finding.Mend("native libraries", missing);
        var (builder, settings, problem) = Read(args);
        if (problem is not null)
        {
            yield return Finding.Mend("configuration", problem + " The rest is checked when this is mended.");
            yield break;
        }

        yield return Finding.Fine("configuration", "nothing unknown, nothing wrong");
        var clock = TimeProvider.System;
        var context = await DoctorContext.FindAsync(settings!, builder!.Configuration, stun, cancellation);
        foreach (var finding in await PortChecks.RunAsync(context, cancellation))
            yield return finding;
        yield return CertificateCheck.Run(context, clock);
        yield return StoreChecks.Spool(settings!.Recording);
        yield return await StoreChecks.StoreAsync(settings.Storage, clock, cancellation);
        using var outside = new OutsideChecks(context, clock);
        await foreach (var finding in outside.WebhooksAsync().WithCancellation(cancellation))
            yield return finding;
        yield return await outside.ClockAsync();
        foreach (var finding in await outside.AddressesAsync())
            yield return finding;
    }

    private static (WebApplicationBuilder? Builder, ServerSettings? Settings, string? Problem) Read(string[] args)
    {
        try
        {
            var builder = ServerHost.CreateBuilder(args);
            var settings = ServerSettings.Read(builder.Configuration, builder.Environment.IsDevelopment());
            return (builder, settings with { Media = PublicAddressFinder.Complete(settings.Media, new Settings(builder.Configuration)) }, null);
        }
        catch (StartException exception)
        {
            return (null, null, exception.Message);
        }
    }
}
