using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text;
using Ttm.Server.Api;
using Ttm.Server.Auth;
using Ttm.Server.Configuration;
using Ttm.Server.Hosting;

namespace Ttm.Server.Commands;

/// <summary><c>ttm-server token</c>: mints a token, as an application would.</summary>
internal static class TokenCommand
{
    private static readonly TimeSpan DefaultLifetime = TimeSpan.FromHours(2);

    public static Command Create()
    {
        var role = new Option<string>("--role") { Description = "teacher, student, service, or network for the network test alone", Required = true };
        var lesson = new Option<string>("--lesson") { Description = "the lesson it is for; service and network need none" };
        var subject = new Option<string>("--sub") { Description = "the id of the teacher, student or service; service and network may do without" };
        var lifetime = LifetimeOption(DefaultLifetime, "2h");
        var record = new Option<bool>("--record") { Description = "false where nothing of the lesson may be recorded", DefaultValueFactory = _ => true };
        var key = KeyOption();
        var secret = SecretOption();
        role.AcceptOnlyFromAmong("teacher", "student", "service", "network");
        lesson.Validators.Add(result => CheckId(result, lesson));
        subject.Validators.Add(result => CheckId(result, subject));

        var command = new Command("token", "Mint a token for the API and print it. Its key is one of Auth:Keys, from the same configuration as the server's, or given here.")
        {
            role, lesson, subject, lifetime, record, key, secret,
        };
        command.Validators.Add(result => CheckWhole(result, role, lesson, subject, key, secret));
        command.SetAction(parsed =>
        {
            var (issuer, signing) = FindKey(parsed.GetValue(key), parsed.GetValue(secret), CommandLine.SettingsOf(parsed));
            var minter = new TokenMinter(issuer, signing, TimeProvider.System);
            var who = Enum.Parse<Role>(parsed.GetValue(role)!, ignoreCase: true);
            var to = who is Role.Service or Role.Network ? null : parsed.GetValue(lesson);
            parsed.InvocationConfiguration.Output.WriteLine(minter.Mint(who, parsed.GetValue(subject) ?? Caller.Name(who), to, parsed.GetValue(lifetime), parsed.GetValue(record)));
        });
        return command;
    }

    internal static Option<string> KeyOption() => new("--key") { Description = "the API key; the first of Auth:Keys where not given" };

    internal static Option<string> SecretOption() => new("--secret") { Description = "the key's secret; that of Auth:Keys where not given" };

    internal static Option<TimeSpan> LifetimeOption(TimeSpan defaultLifetime, string defaultText) => new("--ttl")
    {
        Description = $"how long it is good for, such as 90s, 30m, 2h or 7d; {defaultText} where not given",
        CustomParser = ParseLifetime,
        DefaultValueFactory = _ => defaultLifetime,
    };

    private static void CheckWhole(CommandResult result, Option<string> role, Option<string> lesson, Option<string> subject, Option<string> key, Option<string> secret)
    {
        if (result.GetResult(role)?.Tokens is not [{ Value: var named }])
            return;
        if (named is not ("service" or "network") && (Missing(lesson) || Missing(subject)))
            result.AddError($"A {named}'s token needs --lesson and --sub.");
        else
            CheckSecret(result, key, secret);

        bool Missing(Option option) => IsMissing(result, option);
    }

    internal static void CheckSecret(CommandResult result, Option<string> key, Option<string> secret)
    {
        if (IsMissing(result, key) && !IsMissing(result, secret))
            result.AddError("--secret needs --key, the API key that it belongs to.");
        else if (result.GetResult(secret)?.Tokens is [{ Value: var text }] && Encoding.UTF8.GetByteCount(text) < AuthOptions.MinimumSecretBytes)
            result.AddError($"--secret must have at least {AuthOptions.MinimumSecretBytes} bytes.");
    }

    private static bool IsMissing(CommandResult result, Option option) => result.GetResult(option) is null or { Implicit: true };

    private static void CheckId(OptionResult result, Option<string> option)
    {
        if (result.Tokens is [{ Value: var id }] && !Ids.IsValid(id))
            result.AddError($"{option.Name} must be {Ids.Rule}, not '{id}'.");
    }

    private static TimeSpan ParseLifetime(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        TimeSpan? unit = text[^1..] switch
        {
            "s" => TimeSpan.FromSeconds(1),
            "m" => TimeSpan.FromMinutes(1),
            "h" => TimeSpan.FromHours(1),
            "d" => TimeSpan.FromDays(1),
            _ => null,
        };
        if (unit is { } one && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0 && one * count <= TimeSpan.FromDays(3650))
            return one * count;
        result.AddError($"--ttl must be a time such as 90s, 30m, 2h or 7d, not '{text}'.");
        return default;
    }

    internal static (string Key, string Secret) FindKey(string? key, string? secret, string[] settings)
    {
        if (key is not null && secret is not null)
            return (key, secret);
        var keys = AuthOptions.Read(new Settings(ServerHost.CreateBuilder(settings).Configuration), isDevelopment: false).Keys;
        if (key is null)
            return (keys.First().Key, keys.First().Value);
        return keys.TryGetValue(key, out var known)
            ? (key, known)
            : throw new StartException($"Auth:Keys has no key \"{key}\": give its --secret, or one of {string.Join(", ", keys.Keys)}.");
    }
}
