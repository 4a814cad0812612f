using System.Net;
using System.Net.Sockets;
using System.Text;
using Ttm.Server.PublicAddress;
using Ttm.Server.Webhooks;

namespace Ttm.Server.Commands.Doctor;

/// <summary>What others have to say: receivers of webhooks, the clocks of others, and by which address this machine is seen.</summary>
internal sealed class OutsideChecks(DoctorContext context, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    // Tokens are taken with 30 s of difference (JwtSetup), S3 requests with 15 minutes.
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(10);

    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = Patience };
    private readonly List<(string Who, TimeSpan Difference)> _clocks = [];

    /// <summary>A signed POST of the type <c>doctor.ping</c> to each.</summary>
    public async IAsyncEnumerable<Finding> WebhooksAsync()
    {
        foreach (var url in context.Settings.Webhooks.Urls)
        {
            var subject = $"webhook {url.GetLeftPart(UriPartial.Path)}";
            var now = clock.GetUtcNow();
            var body = Encoding.UTF8.GetBytes($$"""{"type":"doctor.ping","timestamp":"{{Api.ApiJson.Text(now)}}","data":{} }""");
            var id = $"evt_doctor-{now.ToUnixTimeMilliseconds()}";
            using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(body) };
            request.Content.Headers.ContentType = new("application/json");
            request.Headers.Add("webhook-id", id);
            request.Headers.Add("webhook-timestamp", $"{now.ToUnixTimeSeconds()}");
            request.Headers.Add("webhook-signature", WebhookSignature.Create(context.Settings.Webhooks.Key, id, now.ToUnixTimeSeconds(), body));
            yield return await SendAsync(request) switch
            {
                (HttpStatusCode status, _) when (int)status is >= 200 and < 300 => Finding.Fine(subject, $"answers {(int)status}"),
                ({ } status, _) => Finding.Mend(subject, $"answers {(int)status} to a signed POST: it must answer 2xx, also to types it does not know (doctor.ping)."),
                (_, var reason) => Finding.Mend(subject, $"does not answer ({reason}): check Webhooks:Urls, and that this machine may call it."),
            };
        }
    }

    /// <summary>Against the Date of the object store, and of who answered before.</summary>
    public async Task<Finding> ClockAsync()
    {
        const string Subject = "clock";
        var storage = context.Settings.Storage;
        if (storage.Provider.Equals("S3", StringComparison.OrdinalIgnoreCase))
        {
            var service = storage.S3.ServiceUrl ?? $"https://s3.{storage.S3.Region ?? "us-east-1"}.amazonaws.com";
            using var request = new HttpRequestMessage(HttpMethod.Head, service);
            await SendAsync(request);
        }

        if (_clocks.Count == 0)
            return Finding.Fine(Subject, "nobody to compare it with: neither an S3 store nor a webhook's receiver answered; \"timedatectl\" tells whether it is synchronised");
        var (who, difference) = _clocks.MinBy(one => one.Difference.Duration());
        return difference.Duration() <= ClockTolerance
            ? Finding.Fine(Subject, $"agrees with {who}'s to {difference.Duration().TotalSeconds:F0} s")
            : Finding.Mend(Subject, $"differs from {who}'s by {difference.TotalSeconds:F0} s: tokens and S3 signatures will be refused; let it be set by NTP (\"timedatectl set-ntp true\").");
    }

    /// <summary>Is what goes into candidates, and what the name leads to, what others see?</summary>
    public async Task<IReadOnlyList<Finding>> AddressesAsync()
    {
        const string Subject = "public address";
        var findings = new List<Finding>();
        var configured = context.Settings.Media.PublicAddresses;
        if (context.Settings.Http.Domain is { } domain)
        {
            var addresses = await ResolveAsync(domain);
            if (addresses.Length == 0)
                findings.Add(Finding.Mend("name", $"{domain} leads nowhere: make an A (and AAAA) record for it."));
            else if (configured.Count > 0 && !addresses.Any(configured.Contains))
                findings.Add(Finding.Mend("name", $"{domain} leads to {string.Join(", ", (IEnumerable<IPAddress>)addresses)}, and Media:PublicAddresses is {string.Join(", ", configured)}: let them agree."));
            else
                findings.Add(Finding.Fine("name", $"{domain} leads to {string.Join(", ", (IEnumerable<IPAddress>)addresses)}"));
        }

        if (context.StunServer is not { } server)
            return findings;
        var parts = server.Split(':');
        var seen = await Task.Run(() => StunQuery.Ask(parts[0], parts.Length > 1 ? int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture) : 3478, TimeSpan.FromSeconds(4)));
        IReadOnlyList<IPAddress> told = configured.Count > 0 ? configured : [.. Ttm.Sfu.Media.LocalAddresses.Find()];
        findings.Add(seen is null ? Finding.Mend(Subject, $"{server} does not answer: let UDP out, name another STUN server by --stun, or --stun none.")
            : told.Contains(seen) ? Finding.Fine(Subject, $"{seen}, as {server} sees it")
            : Finding.Mend(Subject, $"{server} sees {seen}, and candidates will have {string.Join(", ", told)}: set Media:PublicAddresses={seen}."));
        return findings;
    }

    public void Dispose() => _client.Dispose();

    private static async Task<IPAddress[]> ResolveAsync(string name)
    {
        try
        {
            return await Dns.GetHostAddressesAsync(name);
        }
        catch (SocketException)
        {
            return [];
        }
    }

    private async Task<(HttpStatusCode? Status, string Reason)> SendAsync(HttpRequestMessage request)
    {
        try
        {
            using var answer = await _client.SendAsync(request);
            if (answer.Headers.Date is { } date)
                _clocks.Add((request.RequestUri!.Host, clock.GetUtcNow() - date));
            return (answer.StatusCode, "");
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            return (null, exception is TaskCanceledException ? $"nothing within {Patience.TotalSeconds} s" : exception.Message);
        }
    }
}
