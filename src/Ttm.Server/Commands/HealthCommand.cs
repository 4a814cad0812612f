using System.CommandLine;
using System.Net.Security;

namespace Ttm.Server.Commands;

/// <summary><c>ttm-server health</c>: asks a running server, for a container's health check or a script. 0 where it is well, else 1 and why.</summary>
internal static class HealthCommand
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(4);

    public static Command Create()
    {
        var url = new Option<Uri>("--url")
        {
            Description = "where the server listens",
            DefaultValueFactory = _ => new Uri("http://localhost:8080"),
            CustomParser = result =>
            {
                if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var parsed) && parsed.Scheme is "http" or "https")
                    return parsed;
                result.AddError($"--url must be an http or https address, not '{result.Tokens[0].Value}'.");
                return null;
            },
        };
        var ready = new Option<bool>("--ready") { Description = "ask whether it takes new lessons, not only whether it is alive" };
        var command = new Command("health", "Ask a running server whether it is well: exit code 0, or 1 and the reason.") { url, ready };
        command.SetAction((parsed, cancellation) => AskAsync(parsed.GetValue(url)!, parsed.GetValue(ready) ? "/readyz" : "/healthz", parsed.InvocationConfiguration, cancellation));
        return command;
    }

    private static async Task<int> AskAsync(Uri url, string path, InvocationConfiguration console, CancellationToken cancellation)
    {
        // On this machine a certificate, which names the public host, proves nothing.
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
        if (url.IsLoopback)
            handler.SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null };
        using var client = new HttpClient(handler) { Timeout = Limit };
        try
        {
            using var answer = await client.GetAsync(new Uri(url, path), cancellation);
            var text = (await answer.Content.ReadAsStringAsync(cancellation)).Trim();
            await (answer.IsSuccessStatusCode ? console.Output : console.Error).WriteLineAsync(answer.IsSuccessStatusCode ? text : $"{(int)answer.StatusCode}: {text}");
            return answer.IsSuccessStatusCode ? 0 : 1;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            await console.Error.WriteLineAsync($"{url} does not answer: {exception.Message}");
            return 1;
        }
    }
}
