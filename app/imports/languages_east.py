"""Ordinary words of the languages of Central and Eastern Europe, Turkish and Vietnamese.

Pure data, like `languages.py`. The words tell which letters beyond ASCII a language has, and
beside which others they stand, so most of the words listed have such a letter.
"""

from __future__ import annotations

WORDS: dict[str, str] = {
    "cs": """
        židle židlí stůl stolů křeslo křesla skříň skříňka postel polštář přikrývka závěs závěsy
        koberec světlo světla svítidlo žárovka lampička hrnec hrnek hrníček talíř talíře příbor nůž
        nože kuchyňský kuchyňská kuchyně dřevěný dřevěná dřevo břidlice železný ocelový měděný
        skleněný keramický plastový bílý bílá černý černá červený červená žlutý žlutá zelený modrý
        modrá šedý hnědý růžový růžová tmavě světle dámský dámské dámská pánské pánský dětské
        dětský dětská kojenecký tričko košile kalhoty svetr ponožky boty zimní čepice šála šátek
        rukavice kabát šaty sukně batoh taška peněženka pásek opasek hodinky náramek náušnice
        řetízek prsten čistič čisticí prostředek mýdlo šampon krém štětec kartáček hřeben ručník
        osuška žínka nářadí šroub šroubovák kladivo vrtačka pilník kleště žebřík hadice zahradní
        zalévací konev květináč květ růže řeka příliš žluťoučký kůň úpěl ďábelské ódy sáček balení
        náhradní díl díly příslušenství držák držáky nabíječka sluchátka počítač myš klávesnice
        tiskárna měřič teploměr váha trouba lednička pračka vysavač žehlička nejlepší větší menší
        těžký měkký suchý
    """,
    "sk": """
        stolička stôl stoly kreslo skriňa skrinka posteľ vankúš prikrývka záves závesy koberec
        svetlo svietidlo žiarovka lampička hrniec hrnček tanier taniere príbor nôž nože kuchynský
        kuchynská kuchyňa drevený drevená drevo železný oceľový medený sklenený keramický plastový
        biely biela čierny čierna červený červená žltý žltá zelený zelená modrý modrá šedý hnedý
        ružový ružová dámsky dámske dámska pánske pánsky detské detský detská tričko košeľa
        nohavice sveter ponožky topánky zimné čiapka šál šatka rukavice kabát šaty sukňa batoh
        taška peňaženka opasok hodinky náramok náušnice retiazka prsteň čistič čistiaci prostriedok
        mydlo šampón krém štetec kefka hrebeň uterák osuška náradie skrutka skrutkovač kladivo
        vŕtačka pilník kliešte rebrík hadica záhradný záhradná krhla kvetináč kvet ruža rieka
        vrecko balenie náhradný diel diely príslušenstvo držiak nabíjačka slúchadlá počítač myš
        klávesnica tlačiareň merač teplomer váha rúra chladnička práčka vysávač žehlička najlepší
        väčší menší ťažký mäkký suchý ľahký ľanový veľkosť hmotnosť životnosť odolnosť bezpečnosť
        možnosť súčasť časť oblasť pamäť sieť plocha použiť čistiť prať umývať sušiť skladať piť
        jesť pripevniť nabíjať výrobok súprava stojan mäso kôň kôš päť ďalší ĺ stĺpik hĺbka vŕba
        kŕmidlo obraz výška dĺžka šírka späť môj
    """,
    "pl": """
        krzesło krzesła stół stoły stołek łóżko łóżka szafka półka półki książka książki poduszka
        kołdra zasłona zasłony dywan światło żarówka żyrandol świecznik świeca świece garnek talerz
        sztućce nóż noże widelec łyżka łyżki łyżeczka kuchenny dębowy dębowa dębowe drewniany
        żelazny miedziany szklany plastikowy biały biała białe czarny żółty żółta zielony niebieski
        różowy różowa brązowy ciemny jasny męski męska męskie damski dziecięcy dziecięca koszulka
        spodnie sweter skarpety buty zimowe czapka szalik rękawice rękawiczki płaszcz sukienka
        spódnica plecak torba portfel pasek zegarek bransoletka kolczyki łańcuszek pierścionek
        środek czyszczący mydło szampon krem pędzel szczoteczka grzebień ręcznik ręczniki narzędzie
        śruba śrubokręt śrubka młotek wiertarka piła pilnik obcęgi drabina wąż ogrodowy konewka
        doniczka kwiat róża rzeka woreczek część części akcesoria uchwyt ładowarka słuchawki
        komputer mysz klawiatura drukarka miernik waga piekarnik lodówka pralka odkurzacz żelazko
        lepszy większy mniejszy ciężki miękki suchy ściereczka ścierka ścienny ścienna wieszak
        wiążący okrągły okrągła prostokątny kwadratowy duży mały małe ąż gęś źródło źrebię późny
        późno ćma ćwiczenia pić być dźwięk łódź odzież młodzież zestaw składany składane składana
        oświetlenie wyposażenie węgiel mąka ćwierć jabłko masło
    """,
    "hu": """
        szék székek asztal könyvespolc könyv szekrény ágy ágytakaró párna párnahuzat takaró függöny
        szőnyeg fény lámpa lámpák izzó gyertya fazék tányér tányérok evőeszköz kés kések villa
        kanál konyhai tölgy bükkfa fából készült vas réz üveg kerámia műanyag fehér fekete piros
        sárga zöld kék szürke barna rózsaszín sötét világos férfi női gyermek gyerek gyerekágy póló
        ing nadrág pulóver zokni cipő cipők téli sapka sál kesztyű kabát ruha szoknya hátizsák
        táska pénztárca öv karóra óra karkötő fülbevaló nyaklánc gyűrű tisztítószer szappan sampon
        krém ecset fogkefe fésű törölköző törülköző szerszám csavar csavarhúzó kalapács fúró
        fúrógép fűrész reszelő fogó létra tömlő kerti fűnyíró gép önjáró öntözőkanna virágcserép
        virág rózsa folyó tasak csomag alkatrész kiegészítő tartó töltő fejhallgató számítógép egér
        billentyűzet nyomtató mérő hőmérő mérleg sütő hűtő hűtőszekrény mosógép elöltöltős porszívó
        vasaló legjobb nagyobb kisebb nehéz puha száraz könnyű kétszemélyes összecsukható áttetsző
        rozsdamentes acél vágódeszka vonalas vázlatfüzet tálca tűzoltó őrült ebédlőasztal bögre
        kávé kávédaráló tűzhely őszi erős erő belső külső első utolsó méret súly hossz szélesség
        magasság színes szín előre és után között kívül óvoda újság útmutató
    """,
    "ro": """
        scaun scaune masă mese masă pat pătură pături pernă perne perdea covor lumină lumini bec
        lampă lămpi lumânare lumânări oală farfurie farfurii cuțit cuțite furculiță lingură linguri
        linguriță bucătărie stejar lemn fier oțel inox cupru sticlă ceramică plastic albă alb
        neagră negru roșu roșie galben galbenă verde albastru albastră gri maro roz închis deschis
        bărbați bărbătesc femei damă copii copil cămașă cămăși tricou pantaloni pulover șosete
        pantof pantofi iarnă căciulă eșarfă mănuși palton rochie fustă rucsac geantă genți portofel
        curea ceas brățară brățări cercei lănțișor inel curățare săpun șampon cremă pensulă periuță
        pieptene prosop prosoape unealtă șurub șurubelniță ciocan burghiu mașină ferăstrău pilă
        clește scară furtun grădină stropitoare ghiveci floare trandafir râu pungă pachet piesă
        piese accesorii suport încărcător căști calculator tastatură imprimantă termometru cântar
        cuptor frigider spălat aspirator fier călcat mai mare mică greu greutate moale uscat ușor
        ușoară pliabil pliabilă țesătură țesături față spate stânga dreapta înălțime lățime lungime
        mărime culoare și în până după fără între pâine brânză ață viață mâini român românească
        înghețată sâmbătă țara țigară ștergător ștampilă cană căni ceașcă ceainic răcire
    """,
    "hr": """
        stolica stolac stolić krevet ormarić ormar polica jastuk jastučnica pokrivač zavjesa tepih
        svjetlo svjetiljka žarulja svijeća svijeće lonac tanjur nož noževi vilica žlica žlice
        žličica kuhinjski drveni drvena željezni čelični čelik bakreni stakleni plastični bijeli
        bijela crni crna crveni žuti žuta zeleni plavi smeđi smeđa ružičasti tamno muški muška
        ženski ženska ženske dječji dječja majica košulja hlače džemper čarape cipele čizme zimska
        kapa šal rukavice kaput haljina suknja ruksak torba novčanik remen sat narukvica naušnice
        lančić prsten čišćenje sredstvo sapun šampon krema četka četkica češalj ručnik ručnici alat
        vijak odvijač čekić bušilica pila turpija kliješta ljestve crijevo vrtni kanta zalijevanje
        lončanica cvijet ruža rijeka vrećica pakiranje dio dijelovi pribor držač držači punjač
        slušalice računalo miš tipkovnica pisač mjerač toplomjer vaga pećnica hladnjak perilica
        usisavač glačalo najbolji veći veća manji težak mekan suh lagan šalica šalice čaj čajnik
        čaša čaše točka ključ ključevi voće povrće mliječni med džem žarač đubrivo đak đurđica vođa
        rođendan građa između također osvježivač dječak šećer začin začini
    """,
    "sl": """
        stol stoli miza postelja omara omarica polica blazina vzglavnik odeja zavesa preproga luč
        svetilka žarnica sveča sveče lonec krožnik krožniki nož noži vilica žlica žlice žlička
        kuhinjski lesen lesena železen jeklen bakren steklen plastičen bel črn črna rdeč rdeča
        rumen zelen moder rjav rožnat temno svetlo moški moška ženski ženska otroški otroška majica
        srajca hlače pulover nogavice čevlji škornji zimska kapa šal rokavice plašč obleka krilo
        nahrbtnik torba denarnica pas ura zapestnica uhani verižica prstan čiščenje čistilo milo
        šampon krema čopič ščetka glavnik brisača brisače orodje vijak izvijač kladivo vrtalnik
        žaga pila klešče lestev cev vrtni zalivalka lonček cvet vrtnica reka vrečka paket del deli
        pribor držalo držalka polnilnik slušalke računalnik miška tipkovnica tiskalnik merilnik
        termometer tehtnica pečica hladilnik pralni stroj sesalnik likalnik najboljši večji večja
        manjši težek mehek suh lahek skodelica čaj čajnik kozarec točka ključ ključavnica sadje
        zelenjava mlečni sladkor začimba začimbe deščica širina višina dolžina
    """,
    "tr": """
        sandalye ahşap masa sandık dolap dolabı yatak yastık yorgan perde halı ışık aydınlatma
        ampul mum tencere tabak çatal bıçak kaşık kaşığı çay çaydanlık bardağı bardak fincan mutfak
        meşe demir çelik bakır cam seramik plastik beyaz siyah kırmızı sarı yeşil mavi gri
        kahverengi pembe koyu açık erkek kadın çocuk bebek tişört gömlek pantolon kazak çorap
        ayakkabı kışlık şapka atkı eldiven palto elbise etek sırt çantası çanta cüzdan kemer saat
        bileklik küpe kolye yüzük temizleyici sabun şampuan krem fırça fırçası diş tarak havlu alet
        vida tornavida çekiç matkap testere eğe pense merdiven hortum bahçe sulama saksı çiçek gül
        nehir poşet paket parça parçaları aksesuar tutucu şarj aleti kulaklık bilgisayar fare
        klavye yazıcı ölçer termometre terazi fırın buzdolabı çamaşır makinesi süpürge ütü en iyi
        büyük küçük ağır hafif yumuşak kuru katlanır gözlük güneş gözlüğü şişe su şişesi ekmek
        tahtası peynir zeytin yağ yağı tereyağı bal şeker kahve süt değirmeni öğütücü düğme kapı
        kapağı bağlantı ağaç ağacı yağmurluk doğal boğaz ıhlamur ısıtıcı ızgara iğne ip işçi ve
        için ile olan şu şey çok güzel renkli sağlam kullanımı kılıf kılıfı tutacağı örtüsü masası
    """,
    "lt": """
        kėdė kėdės stalas stalai žalias žalia krėslas lova spinta spintelė lentyna pagalvė antklodė
        užuolaida kilimas šviesa šviestuvas lemputė žvakė žvakės puodas puodelis lėkštė lėkštės
        šakutė šaukštas šaukštai peilis virtuvė virtuvinis ąžuolas ąžuolinis medinis geležinis
        plieninis varinis stiklinis plastikinis baltas juodas raudonas geltonas mėlynas mėlyna
        pilkas rudas rožinis tamsus šviesus vyriškas vyriški moteriškas moteriška vaikiškas
        vaikiška marškinėliai marškiniai kelnės megztinis kojinės batai žieminė kepurė šalikas
        pirštinės paltas suknelė sijonas kuprinė rankinė piniginė diržas laikrodis apyrankė
        auskarai grandinėlė žiedas valiklis muilas šampūnas kremas teptukas šepetėlis šepetys šukos
        rankšluostis įrankis įrankiai varžtas atsuktuvas plaktukas grąžtas gręžtuvas pjūklas dildė
        replės kopėčios žarna sodo laistytuvas vazonas gėlė gėlės rožė upė maišelis pakuotė dalis
        dalys priedai laikiklis įkroviklis ausinės kompiuteris pelė klaviatūra spausdintuvas
        matuoklis svarstyklės orkaitė šaldytuvas skalbyklė siurblys lygintuvas geriausias
        didžiausias mažesnis sunkus minkštas sausas lengvas arbata arbatinukas stiklinė raktas
        vaisiai daržovės pienas cukrus prieskoniai plotis aukštis ilgis dydis spalvų spalvotas
        vandeniui ir į iš už prie ūkis būti
    """,
    "lv": """
        krēsls krēsli galds galdi zaļš zaļa atzveltnes gulta skapis skapītis plaukts spilvens sega
        aizkars aizkari paklājs gaisma lampa spuldze svece sveces katls krūze krūzes šķīvis šķīvji
        dakšiņa karote karotes nazis naži virtuve ozols ozolkoka koka dzelzs tērauds tērauda vara
        stikla plastmasas balts melns sarkans dzeltens zils pelēks brūns rozā tumšs gaišs vīriešu
        sieviešu bērnu krekls bikses džemperis zeķes kurpes zābaki ziemas cepure šalle cimdi
        mētelis kleita svārki mugursoma soma maks josta pulkstenis rokassprādze auskari ķēdīte
        gredzens tīrītājs tīrīšanas līdzeklis ziepes šampūns krēms ota zobu birste ķemme dvielis
        dvieļi instruments skrūve skrūvgriezis āmurs urbis zāģis vīle knaibles kāpnes šļūtene dārza
        lejkanna puķu pods ziede roze upe maisiņš iepakojums daļa daļas piederumi turētājs lādētājs
        austiņas dators pele tastatūra printeris mērītājs svari krāsns ledusskapis veļas mazgājamā
        mašīna putekļsūcējs gludeklis labākais lielāks mazāks smags mīksts sauss viegls tēja
        tējkanna glāze atslēga augļi dārzeņi piens cukurs garšviela platums augstums garums izmērs
        krāsa krāsains ūdens ūdensizturīgs un ar no uz pie bez ēdiens ērts īss ģimene ņemt būt jūra
    """,
    "et": """
        tool toolid laud söögilaud köök köögitool padi tekk kardin vaip tuli küünal küünlad pott
        taldrik kahvel nuga lusikas õhuke õli õlu õlle õun õunad õmblus õmblusmasin õlg õpik õrn
        õue õues mõõt mõõdulint mõõtmed mõõk pööripäev pööre põrand põrandalamp põll põlv põhi
        rõngas rõivas rõivad käsi käterätik käterätikud kätekreem käru kärg käevõru jää jääkapp
        külmik külm süda sügav süsi töö tööriist tööriistad tõmme lõuend lõng lõim lõige lõikelaud
        võti võtmed võtmehoidja võru või väike väiksem välja väli värv värviline valge must punane
        kollane roheline sinine hall pruun tüdruk mütsid müts sõrmus sõrmused kõrv kõrvaklapid
        kõrvarõngad kõrge kõrgus kõva jõulud jõgi hõbe hõbedane küte küttekeha pühkija püksid
        püksirihm särk särgid särgike nõud nõudepesumasin šampoon žakett šokolaad äratuskell ämber
        üleriie ülikond üks öökapp öö höövel höövlid mööbel lööma pähkel pähklid häälestus
    """,
    "vi": """
        bàn ghế gỗ tủ quần áo giường gối chăn màn rèm cửa thảm đèn bóng đèn nến nồi chảo đĩa bát
        thìa dao kéo đũa nhà bếp sắt thép không gỉ đồng thủy tinh gốm sứ nhựa trắng đen đỏ vàng
        xanh lá dương xám nâu hồng đậm nhạt nam nữ trẻ em bé sơ mi thun dài ngắn tất giày dép mũ
        khăn quàng găng tay khoác váy đầm ba lô túi xách ví thắt lưng đồng hồ vòng tay bông tai dây
        chuyền nhẫn nước rửa xà phòng dầu gội kem bàn chải đánh răng lược tắm dụng cụ ốc vít tua
        búa máy khoan cưa kìm thang ống vườn bình tưới chậu hoa hồng sông túi gói bộ phận phụ kiện
        giá đỡ sạc tai nghe tính chuột phím in đo nhiệt kế cân lò nướng tủ lạnh giặt hút bụi ủi tốt
        nhất lớn hơn nhỏ nặng nhẹ mềm khô gấp trà ấm cốc ly chìa khóa trái cây rau sữa đường gia vị
        chiều rộng cao kích thước màu sắc của và với cho được các những một hai bốn năm sáu bảy tám
        chín mười trong ngoài trên dưới sản phẩm chính hãng việt
    """,
}  # fmt: skip
# Letters that may stand in a text of a language, beside those of its words.
RARE: dict[str, str] = {
    "cs": "óúťďňäöüľ", "sk": "óúäôĺŕľťďňžöüě", "pl": "źéöüä", "hu": "íűőäë", "ro": "âîăşţșțéöü",
    "hr": "đöüé", "sl": "đćöüé", "tr": "âîûé", "lt": "ųęįūóé", "lv": "ģķļņōŗēī", "et": "šžé",
}  # fmt: skip
