using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Ttm.Server.Tls;
using Ttm.Testing.Tls;

namespace Ttm.Server.Tests.Tls;

public sealed class ReloadedCertificateTests : IDisposable
{
    private readonly PrivateAuthority _authority = new();
    private readonly FakeTimeProvider _time = new();

    public void Dispose() => _authority.Dispose();

    [Fact]
    public void Current_AfterANewFile_IsTheNewOne()
    {
        var certificate = Create();
        var first = certificate.Current()!.TargetCertificate.SerialNumber;

        var second = Renew();
        certificate.Current()!.TargetCertificate.SerialNumber.ShouldBe(first, "it looks once in two seconds");
        _time.Advance(TimeSpan.FromSeconds(3));

        certificate.Current()!.TargetCertificate.SerialNumber.ShouldBe(second);
        second.ShouldNotBe(first);
    }

    [Fact]
    public void Current_WithHalfOfANewPair_IsTheOldOneUntilBothAreThere()
    {
        var certificate = Create();
        var first = certificate.Current()!.TargetCertificate.SerialNumber;
        var second = Renew();
        var key = File.ReadAllText(_authority.KeyPath);
        File.WriteAllText(_authority.KeyPath, "half a fi");
        _time.Advance(TimeSpan.FromSeconds(3));
        certificate.Current()!.TargetCertificate.SerialNumber.ShouldBe(first);

        File.WriteAllText(_authority.KeyPath, key);
        _time.Advance(TimeSpan.FromSeconds(3));
        certificate.Current()!.TargetCertificate.SerialNumber.ShouldBe(second);
    }

    private ReloadedCertificate Create() => new(_authority.CertificatePath, _authority.KeyPath, _time, NullLogger.Instance);

    private string Renew()
    {
        var serial = _authority.Sign();

        // The file system's clock may not have moved on.
        File.SetLastWriteTimeUtc(_authority.CertificatePath, File.GetLastWriteTimeUtc(_authority.CertificatePath).AddSeconds(10));
        return serial;
    }
}
