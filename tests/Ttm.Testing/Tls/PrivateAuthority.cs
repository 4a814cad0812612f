using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Ttm.Testing.Tls;

/// <summary>A certificate authority of the test's own, and what it has signed, as PEM files in a directory that goes with it.</summary>
public sealed class PrivateAuthority : IDisposable
{
    public const string Name = "CN=A school's authority";
    private readonly string _directory = Directory.CreateTempSubdirectory("ttm-ca-").FullName;
    private readonly X509Certificate2 _authority;
    private readonly string _host;

    /// <param name="host">Whom the server's certificate names, beside 127.0.0.1.</param>
    public PrivateAuthority(string host = "localhost")
    {
        _host = host;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(Name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = TimeProvider.System.GetUtcNow();
        _authority = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(30));
        File.WriteAllText(AuthorityPath, _authority.ExportCertificatePem());
        Sign();
    }

    public string AuthorityPath => Path.Combine(_directory, "ca.pem");

    public string CertificatePath => Path.Combine(_directory, "server.pem");

    public string KeyPath => Path.Combine(_directory, "server.key");

    /// <summary>The server's settings for it, as arguments.</summary>
    public IReadOnlyList<string> Settings => [$"--Kestrel:Certificates:Default:Path={CertificatePath}", $"--Kestrel:Certificates:Default:KeyPath={KeyPath}"];

    /// <summary>Puts a new certificate into the files, and gives its serial number.</summary>
    public string Sign()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={_host}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(_host);
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var signed = request.Create(_authority, _authority.NotBefore, _authority.NotAfter, RandomNumberGenerator.GetBytes(12));
        File.WriteAllText(KeyPath, key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(CertificatePath, signed.ExportCertificatePem());
        return signed.SerialNumber;
    }

    /// <summary>base64(SHA-256) of the server's public key, by which Chromium can be told to trust it.</summary>
    public string PublicKeyHash()
    {
        using var certificate = X509CertificateLoader.LoadCertificateFromFile(CertificatePath);
        return Convert.ToBase64String(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo()));
    }

    public void Dispose()
    {
        _authority.Dispose();
        Directory.Delete(_directory, recursive: true);
    }
}
