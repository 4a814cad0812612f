using Ttm.Testing.Tls;

namespace Ttm.EndToEnd.Kit.School;

/// <summary>A server with HTTPS on port 443, and a browser in a school: both for all tests of a class. Made when the first of them asks.</summary>
public sealed class SchoolFixture : IAsyncLifetime
{
    private const string Host = "media.example.test";
    private readonly Lazy<Task> _starting;
    private PrivateAuthority? _authority;

    public SchoolFixture() => _starting = new(StartAsync);

    internal SchoolNetwork Network { get; private set; } = null!;

    internal ServerProcess Server { get; private set; } = null!;

    internal Browser Browser { get; private set; } = null!;

    public Task InitializeAsync() => Task.CompletedTask;

    /// <summary>Where namespaces cannot be made, tests are skipped and nothing is started.</summary>
    internal Task StartedAsync() => _starting.Value;

    public async Task DisposeAsync()
    {
        if (Browser is not null)
            await Browser.DisposeAsync();
        if (Server is not null)
            await Server.DisposeAsync();
        Network?.Dispose();
        _authority?.Dispose();
    }

    private async Task StartAsync()
    {
        Network = new(Host);
        _authority = new(Host);
        Server = await ServerProcess.StartInAsync(Network.Server, new Uri($"https://{Host}"), new Dictionary<string, string>
        {
            ["Kestrel:Endpoints:Https:Url"] = "https://0.0.0.0:443",
            ["Kestrel:Certificates:Default:Path"] = _authority.CertificatePath,
            ["Kestrel:Certificates:Default:KeyPath"] = _authority.KeyPath,
            ["Media:Port"] = "3478",
            ["Media:PublicAddresses"] = SchoolNetwork.ServerAddress,
        });
        Browser = await Browser.LaunchInAsync(
            Network.School, $"--ignore-certificate-errors-spki-list={_authority.PublicKeyHash()}");
    }
}
