using System.CommandLine;
using System.Text.RegularExpressions;

namespace Ttm.Server.Commands.Init;

/// <summary><c>ttm-server init</c>: from a form of a few lines to a configuration, with keys and secrets of its own.</summary>
internal static partial class InitCommand
{
    public static Command Create()
    {
        var directory = new Option<string>("--directory") { Description = "where the configuration is written", DefaultValueFactory = _ => "/etc/ttm-media" };
        var domain = Text("--domain", "the name by which browsers reach this server, such as lessons.thinkthroughmath.com", Domain(), "a host name such as lessons.thinkthroughmath.com");
        var email = Text("--email", "who hears from Let's Encrypt about the certificate", Email(), "an e-mail address");
        var bucket = Text("--bucket", "the S3 bucket that recordings are stored in; without one they stay on this machine's disk", Bucket(), "the name of an S3 bucket");
        var region = Text("--region", "the bucket's region, such as eu-central-1", Region(), "an AWS region such as eu-central-1");
        var address = new Option<string>("--public-address") { Description = "what browsers reach: an IP address, ec2 (asked of the instance's metadata) or stun:host:port (behind one-to-one NAT); the machine's own addresses where not given" };
        var yes = new Option<bool>("--yes") { Description = "ask nothing: what is not given is left out" };
        var force = new Option<bool>("--force") { Description = "replace a configuration that is there; the former one stays beside it as *.former" };
        var command = new Command("init", "Write a configuration with a new API key and secrets. Asks for what is not given, where there is somebody to ask.")
        {
            directory, domain, email, bucket, region, address, yes, force,
        };
        command.SetAction(parsed =>
        {
            var files = new InitFiles(Path.GetFullPath(parsed.GetValue(directory)!));
            files.Check(parsed.GetValue(force));
            var output = parsed.InvocationConfiguration.Output;
            var isAsking = !parsed.GetValue(yes) && !Console.IsInputRedirected;
            var form = new InitForm(
                Ask(domain, "Domain", Domain()),
                Ask(email, "E-mail for the certificate", Email()),
                Ask(bucket, "S3 bucket (empty: this machine's disk)", Bucket()),
                null,
                parsed.GetValue(address));
            if (form.Bucket is not null)
                form = form with { Region = Ask(region, "Region of the bucket", Region()) };
            if (form.Domain is null)
                return Missing("--domain", "the name by which browsers reach this server");
            if (form is { Bucket: not null, Region: null })
                return Missing("--region", "the region of the bucket");
            files.Write(form);
            Tell(output, files, form);
            return CommandLine.Fine;

            string? Ask(Option<string> option, string question, Regex shape)
            {
                if (parsed.GetValue(option) is { } given || !isAsking)
                    return parsed.GetValue(option);
                while (true)
                {
                    output.Write($"{question}: ");
                    var answer = Console.In.ReadLine()?.Trim();
                    if (string.IsNullOrEmpty(answer))
                        return null;
                    if (shape.IsMatch(answer))
                        return answer;
                    output.WriteLine("That does not look like one.");
                }
            }

            int Missing(string option, string what)
            {
                parsed.InvocationConfiguration.Error.WriteLine($"{option} is missing: {what}.");
                return CommandLine.BadArguments;
            }
        });
        return command;
    }

    private static Option<string> Text(string name, string description, Regex shape, string kind)
    {
        var option = new Option<string>(name) { Description = description };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && !shape.IsMatch(text))
                result.AddError($"{name} must be {kind}, not '{text}'.");
        });
        return option;
    }

    private static void Tell(TextWriter output, InitFiles files, InitForm form)
    {
        output.WriteLine($"Wrote {files.Settings} and {files.Secrets}, which only its owner may read.");
        output.WriteLine("The API key and its secret, with which the application signs tokens, are in the latter, under Auth:Keys; so is the secret of webhooks.");
        output.WriteLine($"Next: put the certificate of {form.Domain} into {files.Certificate} and {files.Key}");
        output.WriteLine($"(with the Debian package: ttm-media-certificate {form.Domain} {form.Email ?? "EMAIL"}), then run \"ttm-server doctor --config {files.Directory}\".");
    }

    [GeneratedRegex(@"^(?=.{1,253}$)([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]$", RegexOptions.ExplicitCapture)]
    private static partial Regex Domain();

    [GeneratedRegex(@"^[^@\s""]+@[^@\s""]+\.[^@\s""]+$")]
    private static partial Regex Email();

    [GeneratedRegex(@"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$")]
    private static partial Regex Bucket();

    [GeneratedRegex(@"^[a-z]{2}(-[a-z]+)+-\d$", RegexOptions.ExplicitCapture)]
    private static partial Regex Region();
}
