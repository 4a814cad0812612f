using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Ttm.Rtc.Dtls;

namespace Ttm.Rtc.Tests.Dtls;

/// <summary>The <c>openssl</c> command line as the other end, with a certificate of its own in a temporary directory.</summary>
internal sealed class OpenSslProcess : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("ttm-dtls-");
    private readonly StringBuilder _output = new();
    private Process? _process;

    internal OpenSslProcess()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=peer", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(Path("cert.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(Path("key.pem"), key.ExportPkcs8PrivateKeyPem());
        Fingerprint = DtlsFingerprint.Of(certificate.RawData);
    }

    internal DtlsFingerprint Fingerprint { get; }

    /// <summary>The keying material it printed, or null while it has not.</summary>
    internal string? KeyingMaterial
    {
        get
        {
            string text = Output;
            const string mark = "Keying material: ";
            int start = text.IndexOf(mark, StringComparison.Ordinal);
            int end = start < 0 ? -1 : text.IndexOf('\n', start);
            return end < 0 ? null : text[(start + mark.Length)..end].Trim();
        }
    }

    internal string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    public void Dispose()
    {
        if (_process is { HasExited: false })
            _process.Kill();
        _process?.WaitForExit(5000);
        _process?.Dispose();
        _directory.Delete(recursive: true);
    }

    internal static Socket Bind()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    internal void Run(string arguments, string profile, int keyingMaterialLength)
    {
        var start = new ProcessStartInfo(
            "openssl",
            $"{arguments} -dtls1_2 -mtu 1200 -use_srtp {profile} -cert {Path("cert.pem")} -key {Path("key.pem")} "
            + $"-keymatexport EXTRACTOR-dtls_srtp -keymatexportlen {keyingMaterialLength}")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process = Process.Start(start)!;
        _process.OutputDataReceived += Collect;
        _process.ErrorDataReceived += Collect;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    private void Collect(object sender, DataReceivedEventArgs line)
    {
        lock (_output)
            _output.Append(line.Data).Append('\n');
    }

    private string Path(string file) => System.IO.Path.Combine(_directory.FullName, file);
}
