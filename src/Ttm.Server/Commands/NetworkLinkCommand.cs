using System.CommandLine;
using Ttm.Server.Api.Network;
using Ttm.Server.Auth;

namespace Ttm.Server.Commands;

/// <summary><c>ttm-server network-link</c>: the link that a school's administrator opens to test the network.</summary>
internal static class NetworkLinkCommand
{
    public static Command Create()
    {
        var origin = new Argument<string>("url") { Description = "where the school reaches the server, such as https://media.example.org" };
        var lifetime = TokenCommand.LifetimeOption(NetworkLinks.DefaultLifetime, "24h");
        var key = TokenCommand.KeyOption();
        var secret = TokenCommand.SecretOption();
        origin.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && !(Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"))
                result.AddError($"The address must begin with https:// or http://, unlike '{text}'.");
        });
        var command = new Command("network-link", "Print a link to the page on which a school's administrator sees which ways in the network lets through. It needs no login and can do nothing else.")
        {
            origin, lifetime, key, secret,
        };
        command.Validators.Add(result => TokenCommand.CheckSecret(result, key, secret));
        command.SetAction(parsed =>
        {
            var (issuer, signing) = TokenCommand.FindKey(parsed.GetValue(key), parsed.GetValue(secret), CommandLine.SettingsOf(parsed));
            var links = new NetworkLinks(new TokenMinter(issuer, signing, TimeProvider.System), TimeProvider.System);
            parsed.InvocationConfiguration.Output.WriteLine(links.Create(parsed.GetValue(origin)!, parsed.GetValue(lifetime)).Url);
        });
        return command;
    }
}
